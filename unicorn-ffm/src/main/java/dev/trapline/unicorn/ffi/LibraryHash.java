package dev.trapline.unicorn.ffi;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.PrivateDirectories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The SHA-256 of a library's file. A JVM that has just started takes a quarter of a second for a file of 20 MB. So the
/// result is stored next to the extracted libraries, with all attributes by which a change of the file can be detected.
///
/// ```text
/// <cache>/hashes/<hash of the path>: three lines: the path, the attributes, the SHA-256
/// ```
///
/// A user who can write the file cannot set its time of change (ctime). If the system has no such time, nothing is
/// stored.
final class LibraryHash {

    private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,ctime";
    private static final int DIGITS = 64;
    private static final int LINES = 3;

    private LibraryHash() {}

    /// The hash of a file.
    ///
    /// @param cache a directory, which need not exist or be writable
    /// @throws IOException if the file cannot be read
    static String of(Path file, Path cache) throws IOException {
        Path path = file.toRealPath();
        Path kept = cache.resolve("hashes")
                .resolve(Bytes.copyOf(path.toString().getBytes(StandardCharsets.UTF_8))
                        .sha256());
        String before = attributes(path);
        if (before.isEmpty()) {
            return hash(path);
        }
        String known = read(kept, path, before);
        if (!known.isEmpty()) {
            return known;
        }
        return computed(path, before, kept);
    }

    private static String computed(Path path, String attributes, Path kept) throws IOException {
        Path temporary;
        try {
            Path directory = Objects.requireNonNull(kept.getParent(), "the cache is above it");
            PrivateDirectories.make(directory);
            temporary = Files.createTempFile(directory, "writing", ".tmp");
        } catch (IOException e) {
            // The cache cannot be written: the hash is computed again next time.
            return hash(path);
        }
        try {
            // A change of the file from now on makes it newer than the temporary file.
            boolean older = changed(path).compareTo(changed(temporary)) < 0;
            String found = hash(path);
            if (older && attributes.equals(attributes(path))) {
                keep(String.join("\n", path.toString(), attributes, found) + "\n", temporary, kept);
            }
            return found;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static FileTime changed(Path path) throws IOException {
        return (FileTime) Files.getAttribute(path, "unix:ctime");
    }

    private static String hash(Path path) throws IOException {
        return Bytes.copyOf(Files.readAllBytes(path)).sha256();
    }

    private static String attributes(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES);
            return List.of("dev", "ino", "size", "lastModifiedTime", "ctime").stream()
                    .map(name -> Objects.requireNonNull(found.get(name), name).toString())
                    .reduce((a, b) -> a + " " + b)
                    .orElse("");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return "";
        }
    }

    private static String read(Path kept, Path path, String attributes) {
        try {
            if (!Files.isRegularFile(kept) || Files.size(kept) > 1 << 16) {
                return "";
            }
            List<String> lines = Files.readAllLines(kept, StandardCharsets.UTF_8);
            boolean same = lines.size() == LINES
                    && lines.get(0).equals(path.toString())
                    && lines.get(1).equals(attributes)
                    && lines.get(2).matches("[0-9a-f]{" + DIGITS + "}");
            return same ? lines.get(2) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static void keep(String text, Path temporary, Path kept) {
        try {
            Files.writeString(temporary, text, StandardCharsets.UTF_8);
            Files.move(temporary, kept, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // A full disk: the hash is computed again next time.
        }
    }
}

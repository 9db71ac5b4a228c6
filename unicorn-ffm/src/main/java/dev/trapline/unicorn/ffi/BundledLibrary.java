package dev.trapline.unicorn.ffi;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.file.PrivateDirectories;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/// The copy of the library inside the Maven artefact `unidbg-unicorn2`: found on the class path, extracted once.
///
/// The extracted file's directory is named after its SHA-256, so different copies can exist next to each other. An
/// existing file is used only if its hash equals that name. Two processes may extract at the same time: each writes its
/// own file, and moves it to its final name in one step.
public final class BundledLibrary {

    public static final String ARTEFACT = "com.github.zhkl0228:unidbg-unicorn2";

    private BundledLibrary() {}

    /// The resource that contains the library for this platform; empty if the artefact has none.
    static Optional<String> resource() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        boolean arm = arch.equals("aarch64") || arch.equals("arm64");
        boolean intel = arch.equals("amd64") || arch.equals("x86_64");
        if (os.contains("linux") && (arm || intel)) {
            return Optional.of("natives/" + (arm ? "linux_arm64" : "linux_64") + "/libunicorn.so");
        }
        if (os.contains("mac") && (arm || intel)) {
            return Optional.of("natives/" + (arm ? "osx_arm64" : "osx_64") + "/libunicorn.dylib");
        }
        if (os.contains("windows") && intel) {
            return Optional.of("natives/windows_64/unicorn.dll");
        }
        return Optional.empty();
    }

    /// Whether the artefact is on the class path and has a library for this platform.
    static boolean isPresent() {
        return resource()
                .filter(name -> BundledLibrary.class.getClassLoader().getResource(name) != null)
                .isPresent();
    }

    /// Writes the library into the cache if it is not there yet.
    ///
    /// @return the extracted file
    /// @throws EngineException if the cache cannot be written
    public static Path extract(Path cache) {
        String name = resource().orElseThrow(() -> new EngineException(ARTEFACT + " has no library for this platform"));
        Bytes content = read(name);
        Path file = cache.resolve(content.sha256()).resolve(name.substring(name.lastIndexOf('/') + 1));
        try {
            if (!holds(file, content)) {
                write(file, content);
            }
            return file;
        } catch (IOException e) {
            throw new EngineException(
                    "cannot write the Unicorn library into its cache at " + file
                            + "; make the directory writable, or name a library by configuration",
                    e);
        }
    }

    private static Bytes read(String name) {
        try (InputStream in = BundledLibrary.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new EngineException(name + " of " + ARTEFACT + " is not on the class path");
            }
            return Bytes.copyOf(in.readAllBytes());
        } catch (IOException e) {
            throw new EngineException("cannot read " + name + " of " + ARTEFACT, e);
        }
    }

    private static boolean holds(Path file, Bytes content) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == content.size()
                && Bytes.copyOf(Files.readAllBytes(file)).equals(content);
    }

    private static void write(Path file, Bytes content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("no directory to write " + file + " into");
        }
        PrivateDirectories.make(directory);
        Path temporary = Files.createTempFile(directory, "extracting", ".tmp");
        try {
            Files.write(temporary, content.toArray());
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}

package dev.trapline.unicorn.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryHashTest {

    @TempDir
    private Path temp;

    private Path cache() {
        return temp.resolve("cache");
    }

    private Path library(String content) throws IOException {
        return Files.writeString(temp.resolve("library.so"), content);
    }

    private static String sha256(String content) {
        return Bytes.copyOf(content.getBytes(StandardCharsets.UTF_8)).sha256();
    }

    /// Waits until a new file in the cache is newer than an existing file. That depends on the clock of the file
    /// system, which ticks every few milliseconds.
    private void hashUntilKept(Path library) throws IOException {
        while (kept().isEmpty()) {
            LibraryHash.of(library, cache());
        }
    }

    private List<Path> kept() throws IOException {
        Path hashes = cache().resolve("hashes");
        if (!Files.isDirectory(hashes)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(hashes)) {
            return files.toList();
        }
    }

    @Test
    void whatWasFoundIsTakenFromTheCache() throws IOException {
        Path library = library("one");
        hashUntilKept(library);
        Path kept = kept().getFirst();
        Files.writeString(kept, Files.readString(kept).replace(sha256("one"), sha256("other")));
        assertThat(LibraryHash.of(library, cache()))
                .as("not computed again: the cache contains another value")
                .isEqualTo(sha256("other"));
    }

    @Test
    void aFileThatChangedIsHashedAgainAlsoIfItsTimeAndSizeAreAsBefore() throws IOException {
        Path library = library("one");
        hashUntilKept(library);
        FileTime modified = Files.getLastModifiedTime(library);
        Files.writeString(library, "two");
        Files.setLastModifiedTime(library, modified);
        assertThat(LibraryHash.of(library, cache())).isEqualTo(sha256("two"));
    }

    @Test
    void whatIsNoHashInTheCacheIsNotTaken() throws IOException {
        Path library = library("one");
        hashUntilKept(library);
        Path kept = kept().getFirst();
        String text = Files.readString(kept);
        for (String damaged :
                List.of("", "\n\n\n", text.substring(0, text.length() - 3), text.toUpperCase(Locale.ROOT))) {
            Files.writeString(kept, damaged);
            assertThat(LibraryHash.of(library, cache())).as(damaged).isEqualTo(sha256("one"));
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsDoneWithout() throws IOException {
        Files.writeString(cache(), "a file where the directory should be");
        assertThat(LibraryHash.of(library("one"), cache())).isEqualTo(sha256("one"));
    }
}

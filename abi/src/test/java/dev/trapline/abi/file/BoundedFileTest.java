package dev.trapline.abi.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.trapline.abi.file.BoundedFile.Links;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files of which nothing is known, also where somebody puts something else in their place after the first look.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class BoundedFileTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path mkfifo(Path pipe) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    /// Without the first look: as if the file had been exchanged right after it.
    private FileChannel exchanged(Path file, StandardOpenOption... options) throws IOException {
        assumeThat(Descriptor.isKnown(file)).as("Linux").isTrue();
        return BoundedFile.openUnseen(directory, file, options);
    }

    @Test
    void aPipeThatTookAFilesPlaceIsNeitherWaitedForNorRead() throws Exception {
        Path pipe = mkfifo(directory.resolve("pipe"));
        assertThatThrownBy(() -> exchanged(pipe, StandardOpenOption.READ))
                .isInstanceOf(UnusableFileException.class)
                .hasMessage("is a named pipe, and not a regular file");
        assertThatThrownBy(() -> exchanged(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE))
                .as("nor written")
                .hasMessage("is a named pipe, and not a regular file");
    }

    /// Ordinary files come as fast as the machine is, and nobody else can hold them back.
    @Test
    void readingAnOrdinaryFileIsNoWaiting() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Waiting never = new Waiting() {
            @Override
            public <T> T during(String what, Wait<T> wait) {
                throw new AssertionError("waited for " + what);
            }
        };
        for (Path each : List.of(file, link)) {
            assertThat(BoundedFile.readGiven(each, 100, never))
                    .as("a file, and a link to it")
                    .asString()
                    .isEqualTo("content");
        }
    }

    @Test
    void aLinkThatTookAFilesPlaceIsNotFollowed() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "x");
        Path link = Files.createSymbolicLink(directory.resolve("link"), secret);
        assertThatThrownBy(() -> exchanged(link, StandardOpenOption.READ))
                .isInstanceOf(UnusableFileException.class)
                .hasMessage("is a symbolic link, and not a regular file");
    }

    @Test
    void aLinkOnTheWayIsNotFollowed() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("file"), "x");
        Path recording = Files.createDirectory(directory.resolve("rec"));
        Path link = Files.createSymbolicLink(recording.resolve("images"), outside);
        assertThatThrownBy(() -> exchanged(link.resolve("file"), StandardOpenOption.READ))
                .hasMessageContaining("cannot be reached")
                .hasMessageContaining("images is no directory");
        assertThatThrownBy(() -> BoundedFile.openIn(recording, link.resolve("file")))
                .as("nor with the first look, which sees the file at the end alone")
                .hasMessageContaining("cannot be reached");
        Path named = Files.createSymbolicLink(directory.resolve("named"), outside);
        assertThat(BoundedFile.readIn(named, named.resolve("file"), 1))
                .as("the directory itself is the user's word")
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/dev/null"})
    void aDeviceIsRefusedByWhatWasOpened(String device) {
        assertThatThrownBy(() -> BoundedFile.openUnseen(Path.of("/dev"), Path.of(device), StandardOpenOption.READ))
                .hasMessage("is a device, and not a regular file");
    }

    /// A name is bytes. Java shows it in the process's encoding, which may not have them.
    @ParameterizedTest
    @ValueSource(strings = {"plain", "with space", "50%25", "a?b#c", "tab\t", "new\nline", "..", "-", "*"})
    void aNameOfAnyBytesIsOpened(String name) throws IOException {
        Path file = directory.resolve(name.equals("..") ? "..." : name);
        Files.writeString(file, "content");
        assertThat(BoundedFile.read(file, 100, Links.REFUSED)).hasSize(7);
        assertThat(BoundedFile.readIn(directory, file, 100)).hasSize(7);
    }

    @Test
    void whatIsOpenStaysWhatItWas() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "first");
        try (FileChannel opened = BoundedFile.openIn(directory, file)) {
            Files.delete(file);
            Files.writeString(file, "second");
            ByteBuffer read = ByteBuffer.allocate(16);
            opened.read(read);
            assertThat(new String(read.array(), 0, read.position(), java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("first");
        }
    }

    @Test
    void whatIsNotThereIsSaidToBeSo() {
        assertThatThrownBy(() -> exchanged(directory.resolve("none"), StandardOpenOption.READ))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> exchanged(directory.resolve("none/file"), StandardOpenOption.READ))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileIsWrittenWholeAndNeverThroughALink() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "a long text that was there");
        BoundedFile.write(file, new byte[] {'x'});
        assertThat(file).hasContent("x");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThatThrownBy(() -> BoundedFile.write(link, new byte[] {'y'})).isInstanceOf(UnusableFileException.class);
        assertThat(file).hasContent("x");
    }

    @Test
    void openingLeavesNothingOpen() throws IOException {
        Path open = Path.of("/proc/self/fd");
        assumeThat(Files.isDirectory(open)).isTrue();
        Path file = Files.writeString(directory.resolve("file"), "x");
        BoundedFile.readIn(directory, file, 1);
        long before = count(open);
        for (int n = 0; n < 50; n++) {
            BoundedFile.readIn(directory, file, 1);
            assertThatThrownBy(() -> exchanged(directory, StandardOpenOption.READ))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> exchanged(directory.resolve("none"), StandardOpenOption.READ))
                    .isInstanceOf(IOException.class);
        }
        assertThat(count(open)).as("numbers of open files").isLessThan(before + 25);
    }

    private static long count(Path open) throws IOException {
        try (var all = Files.list(open)) {
            return all.count();
        }
    }
}

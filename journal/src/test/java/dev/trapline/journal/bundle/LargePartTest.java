package dev.trapline.journal.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image may have a gigabyte, so it is packed in parts.
class LargePartTest {

    private static final int BYTES = 40 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static byte[] noise() {
        byte[] content = new byte[BYTES];
        new SplittableRandom(7).nextBytes(content);
        return content;
    }

    @Test
    void aLargePartComesBackAsItWas() throws IOException {
        byte[] content = noise();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        new PartWriter(file, () -> {}).write(Part.Kind.IMAGE, content);
        Path path = Files.write(directory.resolve("one.tlx"), file.toByteArray());
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        try (PartReader reader = new PartReader(path, ImportLimits.NONE)) {
            reader.copy(reader.next(), back);
            reader.requireEnd();
        }
        assertThat(back.toByteArray()).as("the packed content").isEqualTo(content);
    }

    @Test
    void anExportEndsWithinALargePartWhenItIsAskedTo() {
        AtomicInteger asked = new AtomicInteger();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        assertThatThrownBy(() -> new PartWriter(file, () -> {
                            if (asked.incrementAndGet() == 10) {
                                throw new CancellationException();
                            }
                        })
                        .write(Part.Kind.IMAGE, noise()))
                .as("the tenth check whether to continue")
                .isInstanceOf(CancellationException.class);
        assertThat(file.size()).as("little was written after it").isLessThan(BYTES);
    }
}

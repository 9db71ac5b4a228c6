package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that were made to do harm.
class HostileStoreTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aFileThatClaimsHalfAGigabyteOfTextIsDamaged() throws IOException {
        Path file = directory.resolve("journal.mv");
        try (InputStream in = Objects.requireNonNull(
                HostileStoreTest.class.getResourceAsStream("/hostile/half-a-gigabyte-of-text.mv"))) {
            Files.copy(in, file);
        }
        RecordingException refused = catchThrowableOfType(RecordingException.class, () -> new MvEventLog(file).close());
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(refused).hasMessageContaining("a text of 536870923 characters where 28 bytes are left");
        refused = catchThrowableOfType(RecordingException.class, () -> LastWhole.find(file));
        assertThat(refused.kind())
                .as("it is not treated as the result of a crash either")
                .isEqualTo(Kind.DAMAGED);
    }
}

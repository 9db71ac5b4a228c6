package dev.trapline.abi.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class WriteFailureTest {

    @Test
    void theSystemsOwnWordsAreTheReason() {
        assertThat(WriteFailure.reason(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(WriteFailure.reason(new FileSystemException("/rec", null, "Read-only file system")))
                .as("the sentence has named the file")
                .isEqualTo("Read-only file system");
    }

    @Test
    void whatTheSystemSaysWithTheNameOfAClassIsSaidInWords() {
        assertThat(WriteFailure.reason(new AccessDeniedException("/rec"))).isEqualTo("permission denied");
        assertThat(WriteFailure.reason(new NoSuchFileException("/rec/images"))).isEqualTo("there is no /rec/images");
        assertThat(WriteFailure.reason(new FileAlreadyExistsException("/rec"))).isEqualTo("/rec is in the way");
    }

    @Test
    void theReasonIsAtTheBottomOfTheCauses() {
        IOException full = new IOException("File too large");
        assertThat(WriteFailure.reason(new IllegalStateException("store closed", new UncheckedIOException(full))))
                .isEqualTo("File too large");
    }

    @Test
    void aFailureWithoutWordsIsNamed() {
        assertThat(WriteFailure.reason(new IOException())).isEqualTo("IOException");
    }
}

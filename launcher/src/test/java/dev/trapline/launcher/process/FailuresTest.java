package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.launcher.output.Ending;
import org.junit.jupiter.api.Test;

/// What is reported about a failure.
class FailuresTest {

    /// Seen where a service had used up the memory for classes, and native memory was to be freed.
    @Test
    void aFailureForLackOfMemoryIsNoDefect() {
        Ending ending = Failures.of(new InvariantViolation("free threw", new OutOfMemoryError("Metaspace")))
                .ending();
        assertThat(ending.kind()).isNotEqualTo("broken");
        assertThat(ending.message()).contains("java.lang.OutOfMemoryError: Metaspace");
    }

    @Test
    void aCircleOfCausesHasAnEnd() {
        IllegalStateException one = new IllegalStateException("one");
        IllegalStateException other = new IllegalStateException("other", one);
        one.initCause(other);
        assertThat(Failures.of(one).ending().message())
                .contains("a defect of Trapline")
                .contains("one");
    }
}

package dev.trapline.launcher.explore;

import dev.trapline.launcher.output.ShellText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The JUnit test of a failure. A closed set.
sealed interface FailureTest {

    /// One was written.
    record Written(Path file) implements FailureTest {}

    /// There is none.
    ///
    /// @param why in words, without a full stop
    record Impossible(String why) implements FailureTest {}

    /// The file of a test, for programs; null if there is none.
    static @Nullable String file(@Nullable FailureTest test) {
        return test instanceof Written(Path file) ? file.toString() : null;
    }

    /// It as a line of a report, without a line break.
    default String text() {
        return switch (this) {
            case Written(Path file) -> "a test of it: " + ShellText.quoted(file);
            case Impossible(String why) -> "no test of it: " + why;
        };
    }
}

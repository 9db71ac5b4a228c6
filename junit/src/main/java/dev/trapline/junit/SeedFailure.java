package dev.trapline.junit;

import dev.trapline.abi.Figures;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Minimum;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The report of a failing seed, as the message of the test's failure.
///
/// @param test the test's own failure
/// @param seeds how many seeds there are
/// @param story what the failure needs
/// @param recording of the run; null if it was not recorded
/// @param smallest the recording of what is left
record SeedFailure(
        Throwable test,
        long seed,
        long seeds,
        String schedule,
        @Nullable Minimum minimum,
        List<String> story,
        @Nullable Path recording,
        @Nullable Path smallest) {

    private static final int LINES = 12;

    SeedFailure {
        story = List.copyOf(story);
    }

    /// How a test failed: the kind of its exception, and the line of the test.
    ///
    /// @param of the test's class
    static Finding finding(Throwable test, Class<?> of) {
        String where = "";
        for (StackTraceElement frame : test.getStackTrace()) {
            if (frame.getClassName().equals(of.getName())) {
                where = frame.getMethodName() + ":" + frame.getLineNumber();
                break;
            }
        }
        return new Finding(
                Finding.Kind.INVARIANT, test.getClass().getName() + " " + where, String.valueOf(test.getMessage()));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(test.getMessage() == null ? test.toString() : test.getMessage())
                .append("\n\nSeed ")
                .append(seed)
                .append(" of ")
                .append(seeds)
                .append(", schedule ")
                .append(schedule)
                .append("; to run it alone: -Dtrapline.seed=")
                .append(seed)
                .append('\n');
        Minimum least = minimum;
        if (least != null) {
            text.append("Of ").append(Figures.count(least.before(), "choice")).append(" it needs:\n");
            story.stream()
                    .limit(LINES)
                    .forEach(line -> text.append("  ").append(line).append('\n'));
            if (story.size() > LINES) {
                text.append("  ... and ")
                        .append(Figures.count(story.size() - LINES, "more line"))
                        .append('\n');
            }
        }
        if (recording != null) {
            text.append("Recorded: trapline replay ").append(recording).append('\n');
        }
        if (smallest != null) {
            text.append("What is left of it: trapline replay ").append(smallest).append('\n');
        }
        return text.toString().stripTrailing();
    }
}

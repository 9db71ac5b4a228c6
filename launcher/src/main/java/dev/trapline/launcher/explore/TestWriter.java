package dev.trapline.launcher.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.config.FaultPlanText;
import dev.trapline.journal.file.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Writes a JUnit test of a failure, with the plan of faults that it needs.
///
/// @param search finds it
/// @param guest as the test names it
record TestWriter(TestSearch search, TestSource.Guest guest) {

    /// Writes it into a directory.
    ///
    /// @param className see [TestName]
    /// @param plan a file with faults that the test names, if they are its own; null if there is none
    FailureTest write(Path directory, String className, ShrunkFailure failure, @Nullable Path plan) throws IOException {
        return switch (search.find(failure)) {
            case TestSearch.Nothing(String why) -> new FailureTest.Impossible(why);
            case TestSearch.Test test -> {
                Path faults = plan(test.plan(), plan, directory.resolve(className + ".conf"));
                TestSource source = new TestSource(
                        className,
                        guest,
                        test.machine(),
                        test.turns(),
                        faults == null ? null : faults.toString(),
                        failure.finding(),
                        search.oracle().patternOf(failure.finding()),
                        failure.story());
                Path file = directory.resolve(className + ".java");
                Disk.write(file, source.text());
                yield new FailureTest.Written(file);
            }
        };
    }

    /// The file with a plan: the given one if it is the same.
    private static @Nullable Path plan(FaultPlan faults, @Nullable Path given, Path own) throws IOException {
        if (faults.isEmpty()) {
            return null;
        }
        String text = FaultPlanText.of(faults);
        if (given != null && Files.readString(given).equals(text)) {
            return given;
        }
        Disk.write(own, text);
        return own;
    }
}

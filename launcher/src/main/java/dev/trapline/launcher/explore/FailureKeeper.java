package dev.trapline.launcher.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.config.FaultPlanText;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.Scenes;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Story;
import dev.trapline.explore.Trial;
import dev.trapline.journal.file.Disk;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.vcpu.RecordedTrials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shrinks failures, and keeps them: each kind in a directory of its own, with two recordings, its story, a JUnit
/// test, and a plan if it needs faults.
///
/// @param recorder records runs; started only if something is kept
/// @param tests writes tests
/// @param out the exploration's directory; null if nothing is kept
/// @param budget how many runs may shrink a failure; 0 if none is to be shrunk
record FailureKeeper(
        SeededChoices choices,
        Minimizer minimizer,
        Supplier<RecordedTrials> recorder,
        TestWriter tests,
        @Nullable Path out,
        int budget) {

    /// Shrinks and keeps a failure.
    ///
    /// @param className the name of its test
    /// @throws CommandException if it cannot be kept
    Failure keep(FailureGroup group, String className) {
        Minimum minimum = budget == 0 ? null : minimizer.minimize(group.seed(), group.finding());
        if (minimum == null) {
            return Failure.of(group);
        }
        TestSearch search = tests.search();
        Scenes scenes = Scenes.of(
                search.engines(), search.subject(), search.oracle(), minimizer.choices(group.seed(), minimum));
        List<String> story = Story.of(minimum, choices.subject().names(), scenes);
        if (out == null) {
            return new Failure(group, minimum, story, List.of(), null, null, null, null);
        }
        String name = group.finding().group();
        try {
            Failure shrunk = new Failure(
                    group, minimum, story, scenes.places(minimum.trial().lastCalls()), null, null, null, null);
            return kept(shrunk, minimum, KeptFiles.makeIn(out, name), className);
        } catch (IOException e) {
            throw CommandException.of(new Ending(
                    Ending.STORAGE,
                    "storage-failed",
                    "the failure " + out.resolve(name) + " cannot be kept: " + WriteFailure.reason(e)));
        }
    }

    private Failure kept(Failure shrunk, Minimum minimum, Path directory, String className) throws IOException {
        FailureGroup group = shrunk.group();
        List<String> story = shrunk.story();
        Path recording = directory.resolve("seed-" + group.seed());
        if (!Files.exists(recording)) {
            RunReport report = record(choices.of(group.seed()), minimum.whole(), recording);
            if (!RecordedTrials.isSame(minimum.whole(), report)) {
                throw new IllegalStateException("the recorded run with the seed " + group.seed()
                        + " differs from the explored one: it ended with " + report.outcome());
            }
        }
        Path smallest = directory.resolve("seed-" + group.seed() + "-smallest");
        if (!Files.exists(smallest)) {
            recorder.get().record(minimizer.choices(group.seed(), minimum), minimum.trial(), smallest);
        }
        Path plan = null;
        FaultPlan faults = Story.plan(
                minimum,
                choices.subject().injections(),
                choices.subject().beginning().cuts());
        if (!faults.isEmpty()) {
            plan = directory.resolve("seed-" + group.seed() + ".conf");
            Disk.write(plan, FaultPlanText.of(faults));
        }
        Disk.write(
                directory.resolve("seed-" + group.seed() + ".txt"),
                group.finding().text() + "\n" + ExploreReport.needed(minimum) + "\n" + String.join("\n", story) + "\n");
        ShrunkFailure toTest = new ShrunkFailure(
                group.finding(),
                minimum,
                story,
                RunBeginning.explored(minimum, choices.subject().spec().cpus().count()),
                group.seed());
        FailureTest test = tests.write(directory, className, toTest, plan);
        return new Failure(group, minimum, story, shrunk.lastCalls(), recording, smallest, plan, test);
    }

    private RunReport record(Choices own, Trial trial, Path directory) throws IOException {
        RunReport report = recorder.get().record(own, trial, directory);
        ResultFile.writeInto(directory, ResultFile.json(Ending.of(report.outcome()), report));
        return report;
    }
}

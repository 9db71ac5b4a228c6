package dev.trapline.launcher.explore;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.explore.ForkedChoices;
import dev.trapline.explore.JudgedChoices;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.explore.TrialMachine;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.vcpu.Machine;
import java.io.IOException;
import java.nio.file.Path;

/// Has a run of an exploration again, as a machine of actors that is recorded.
record TrialRecorder(ActorSystem<Void> system, EngineFactory engines, Subject subject, Oracle oracle) {

    /// Records a run.
    ///
    /// @param own its choices
    /// @param trial what the exploration saw of it
    /// @param directory where to; it must not exist
    /// @return the report of the recorded run
    /// @throws IOException if its result cannot be written
    RunReport record(Choices own, Trial trial, Path directory) throws IOException {
        JudgedChoices judged = new JudgedChoices(oracle, own);
        if (trial.isInterrupted()) {
            judged.endingAt(trial.slices());
        }
        Machine.Builder builder = Machine.builder(engines, subject.spec())
                .services(subject.services())
                .board(subject.fitting())
                .choices(_ -> new ForkedChoices(TrialMachine.common(subject.spec()), judged, TrialMachine.COMMON_TURNS))
                .recordTo(directory);
        subject.images().forEach(builder::image);
        RunReport report = builder.start(system).done().toCompletableFuture().join();
        ResultFile.writeInto(directory, ResultFile.json(Ending.of(report.outcome()), report));
        return report;
    }

    /// Whether a recorded run is the one that the exploration saw.
    static boolean isSame(Trial trial, RunReport report) {
        return trial.digest() == Trial.digest(report)
                && trial.slices() == report.progress().slices();
    }
}

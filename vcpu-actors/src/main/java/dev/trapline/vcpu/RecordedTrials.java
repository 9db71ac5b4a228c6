package dev.trapline.vcpu;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.explore.Beginning;
import dev.trapline.explore.ForkedChoices;
import dev.trapline.explore.JudgedChoices;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import java.nio.file.Path;

/// Has runs of an exploration again, as machines of actors that are recorded.
///
/// @param oracle that of the exploration: it ends a run at its failure
public record RecordedTrials(ActorSystem<?> system, EngineFactory engines, Subject subject, Oracle oracle) {

    /// Records a run. Waits for its end.
    ///
    /// @param own its choices behind the starting point
    /// @param trial what the exploration saw of it
    /// @param directory where to; it must not exist
    /// @return the report of the recorded run: [#isSame] tells whether it is the same
    public RunReport record(Choices own, Trial trial, Path directory) {
        JudgedChoices judged = new JudgedChoices(oracle, own);
        if (trial.isInterrupted()) {
            judged.endingAt(trial.slices());
        }
        Beginning beginning = subject.beginning();
        Machine.Builder builder = Machine.builder(engines, subject.spec())
                .services(subject.services())
                .board(subject.fitting())
                .choices(_ -> new ForkedChoices(beginning.choices(subject.spec()), judged, beginning.slice()))
                .recordTo(directory);
        subject.images().forEach(builder::image);
        return builder.start(system).done().toCompletableFuture().join();
    }

    /// Whether a recorded run is the one that the exploration saw.
    public static boolean isSame(Trial trial, RunReport report) {
        return trial.digest() == Trial.digest(report)
                && trial.slices() == report.progress().slices();
    }
}

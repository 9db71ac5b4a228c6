package dev.trapline.journal.recording;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.SampleRun;
import java.nio.file.Path;

/// A process that records until it is killed.
public final class Recorder {

    private Recorder() {}

    /// Records for ever.
    ///
    /// @param args the directory, and the recording's id
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "recorder");
        History history = Recordings.begin(
                system, Path.of(args[0]), SampleRun.header(args[1]), SampleRun.images(), StoragePolicy.DEFAULT);
        for (int n = 0; ; n++) {
            while (!history.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(n, history::append);
        }
    }
}

package dev.trapline.launcher.journal;

import dev.trapline.abi.Figures;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Outcomes;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingToReplay;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline journal index`.
@Command(
        name = "index",
        description = {
            "Replays a recording to its end and saves checkpoints next to it. Later seeks start closer, and "
                    + "'replay --jobs' can divide the work. Begins at the last existing checkpoint.",
            "",
            "Checkpoints are a cache: you may delete the directory 'checkpoints' in the recording at any time.",
            "",
            RecordingToReplay.KEYS,
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline journal index rec",
            "  trapline journal index rec --set replay.checkpoints.budget=1G --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:checkpoints reach the end of the recording",
            "2:the command line is wrong, there is no recording that this version reads, or checkpoints cannot "
                    + "be saved",
            "4:the replay diverges from the recording: the message says where first",
            "7:the recording is damaged, or standard output or the result file cannot be written"
        })
final class JournalIndexCommand implements Action {

    private final Terminal terminal;

    @Mixin
    private final RecordingToReplay recording = new RecordingToReplay();

    @Mixin
    private final FormatOption format = new FormatOption();

    JournalIndexCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return recording.result();
    }

    @Override
    public Ending perform() {
        Replaying replaying = recording.prepare(terminal.err(), _ -> {});
        Path directory = replaying.recording();
        Watch watch = terminal.watch("indexing " + directory);
        Checkpoints checkpoints = replaying.checkpoints(true, notice -> terminal.note(watch, notice));
        EngineFactory engines = replaying.engines();
        RecordingReader reader = Recordings.open(directory, replaying.open());
        RecordedWith.warn(reader, engines.library(), replaying.services(), terminal.err());
        long slices = PositionQuery.slices(reader);
        LongConsumer progress = slice -> watch.at("slice", slice, slices);
        MachineSpec machine = reader.header().spec();
        List<Image> images = reader.images();
        Playback playback = Playback.of(engines, reader, replaying.services().all(), (_, _) -> {});
        try (CheckpointStore store = checkpoints.open(playback);
                Seeker seeker = checkpoints.seeker(playback, store, progress)) {
            if (store == null || !store.isWritable()) {
                checkpoints.tellNotice(store);
                throw CommandException.usage("no checkpoints can be saved in " + directory
                        + ": the directory cannot be written, another process is making them, or they are "
                        + "switched off");
            }
            List<Long> before = store.slices();
            RunReport failed = index(checkpoints, seeker, store);
            if (failed != null && seeker.reliesOnStore()) {
                Playback fresh = replaying.run(engines).playback((_, _) -> {});
                failed = again(checkpoints, fresh, seeker.origin().slice(), store, progress);
            }
            watch.pause();
            if (failed != null) {
                Outcomes.explain(failed, machine, images, terminal.err());
                return Outcomes.ofReplay(failed.outcome());
            }
            tell(store, Math.max(0, store.slices().size() - before.size()), slices);
            if (!store.isWritable()) {
                throw CommandException.usage("checkpoints do not reach the end of " + directory
                        + ": the directory can no longer be written, or another process has begun to make "
                        + "checkpoints");
            }
            return new Ending(Ending.OK, "indexed", "checkpoints up to the end of " + directory);
        } finally {
            watch.pause();
        }
    }

    /// Replays from the last checkpoint to the end.
    ///
    /// @return the report of a replay that diverged; null if it did not
    private static @Nullable RunReport index(Checkpoints checkpoints, Seeker seeker, CheckpointStore store) {
        List<Long> before = store.slices();
        if (!before.isEmpty()) {
            seeker.seek(before.getLast());
            checkpoints.tellOrigin(seeker);
        }
        RunReport failed = playToEnd(seeker);
        checkpoints.tellTrouble(seeker, store);
        return failed;
    }

    private static @Nullable RunReport playToEnd(Seeker seeker) {
        RunOutcome outcome = seeker.playback().outcome();
        while (outcome == null) {
            seeker.playTo(Long.MAX_VALUE);
            outcome = seeker.playback().outcome();
        }
        return outcome.isHistory() ? null : seeker.playback().report();
    }

    /// Replays from the start, without a checkpoint that led to a failure.
    ///
    /// @param slice of the checkpoint: if it was wrong, it goes
    /// @return as [#index]
    private static @Nullable RunReport again(
            Checkpoints checkpoints, Playback fresh, long slice, CheckpointStore store, LongConsumer progress) {
        checkpoints.tellAgain();
        try (Seeker seeker = checkpoints.seeker(fresh, store, progress)) {
            RunReport failed = playToEnd(seeker);
            if (failed == null) {
                store.drop(slice, "the checkpoint at slice " + slice + " is wrong");
                checkpoints.tellTrouble(seeker, store);
            }
            return failed;
        }
    }

    private void tell(CheckpointStore store, int added, long slices) {
        if (format.isJson()) {
            terminal.print(JsonObject.document("checkpoints")
                    .with(
                            "checkpoints",
                            new JsonObject()
                                    .with("count", store.slices().size())
                                    .with("bytes", store.bytes()))
                    .with("added", added)
                    .with("slices", slices)
                    .line());
            return;
        }
        terminal.print(Figures.count(store.slices().size(), "checkpoint") + ", " + added + " of them new, "
                + Figures.count(store.bytes(), "byte") + ", over " + Figures.count(slices, "slice") + "\n");
    }
}

package dev.trapline.launcher.explore;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Position;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.board.Board;
import dev.trapline.explore.Beginning;
import dev.trapline.explore.Subject;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.launcher.recording.WatchedReader;
import dev.trapline.machine.choice.RecordedChoices;
import dev.trapline.timeline.HistoryWalk;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.PositionQuery;
import java.util.List;
import java.util.Locale;

/// Replays a recording up to the place at which explored runs begin.
public final class PlaceInRecording {

    private final Terminal terminal;
    private final Replaying replaying;
    private final EngineFactory engines;

    public PlaceInRecording(Terminal terminal, Replaying replaying, EngineFactory engines) {
        this.terminal = terminal;
        this.replaying = replaying;
        this.engines = engines;
    }

    /// The recorded machine, whose runs begin at the place.
    ///
    /// @param wanted the place: the runs begin at the next slice
    /// @param instructions how many a run may have from there; 0 if it has no limit
    /// @throws CommandException if the recording does not come there
    public Subject subject(PositionQuery wanted, long instructions) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            RecordedWith.warn(reader, engines.library(), replaying.services(), terminal.err());
            long slice = slice(reader, wanted);
            long executed = instructions == 0 ? 0 : executed(reader, slice);
            reader.watch().pause();
            MachineSpec spec = reader.header().spec();
            MachineSpec limited =
                    inOrder(spec).with(spec.run().withMaxInstructions(instructions == 0 ? 0 : executed + instructions));
            return new Subject(limited, reader.images(), replaying.services().all()).from(at(spec, slice));
        }
    }

    /// The place alone.
    Beginning.Place place(PositionQuery wanted) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            long slice = slice(reader, wanted);
            reader.watch().pause();
            return at(reader.header().spec(), slice);
        }
    }

    private long slice(WatchedReader reader, PositionQuery wanted) {
        long slices = PositionQuery.slices(reader);
        if (slices == 0) {
            throw CommandException.usage(
                    "the recording " + replaying.recording() + " is empty: no run can begin there");
        }
        Position position = wanted.find(reader);
        // The last slice is the last one that is granted: behind it, the recorded run was over.
        return Math.min(position.slice() + (position.isInside() ? 1 : 0), slices - 1);
    }

    private static long executed(WatchedReader reader, long slices) {
        HistoryWalk walk = HistoryWalk.of(reader);
        long executed = 0;
        while (walk.hasNext()) {
            if (walk.next() instanceof HistoryWalk.Ran ran) {
                if (ran.number() >= slices) {
                    break;
                }
                executed += ran.slice().executed();
            }
        }
        return executed;
    }

    /// A recorded machine in the order of round robin: what its schedule was is among its choices.
    static MachineSpec inOrder(MachineSpec recorded) {
        return recorded.with(recorded.schedule().withKind(Schedule.ROUND_ROBIN));
    }

    private Beginning.Place at(MachineSpec spec, long slice) {
        RecordedChoices choices = new RecordedChoices(spec);
        Watch watch = terminal.watch("replaying");
        try (Playback playback = Playback.of(
                engines,
                Recordings.open(replaying.recording(), replaying.open()),
                replaying.services().all(),
                Board.Fitting.NONE,
                (_, _) -> {},
                choices)) {
            while (playback.position().slice() < slice && playback.outcome() == null) {
                watch.at("slice", playback.position().slice(), slice);
                playback.playTo(playback.position().slice() + 1);
            }
            RunOutcome over = playback.outcome();
            if (over != null) {
                throw CommandException.of(Ending.of(over));
            }
            return new Beginning.Place(choices.noted(), slice, playback.now(), playback.startingPoint());
        } finally {
            watch.pause();
        }
    }

    /// Checks that what is planned is planned behind the beginning.
    ///
    /// @throws CommandException if something is not
    static void requireBehind(Beginning beginning, List<PlannedInjection> injections, FaultPlan faults) {
        for (PlannedInjection injection : injections) {
            if (isBefore(injection.when(), beginning)) {
                throw tooEarly("an injection is planned " + text(injection.when()), beginning);
            }
        }
        for (FaultRule rule : faults.rules()) {
            if (rule.where() instanceof Moments(Moment first, long interval)
                    && interval == 0
                    && isBefore(first, beginning)) {
                throw tooEarly(
                        rule.origin() + ": the fault '" + rule.name() + "' is planned " + text(first), beginning);
            }
        }
    }

    private static boolean isBefore(Moment moment, Beginning beginning) {
        return switch (moment) {
            case Moment.AtSlice(long ordinal) -> ordinal < beginning.slice();
            case Moment.AtTime(long ticks) -> ticks < beginning.ticks();
        };
    }

    private static String text(Moment moment) {
        return switch (moment) {
            case Moment.AtSlice(long ordinal) -> "before slice " + ordinal;
            case Moment.AtTime(long ticks) -> "at " + seconds(ticks);
        };
    }

    private static String seconds(long ticks) {
        return String.format(Locale.ROOT, "%.9f s", Figures.seconds(ticks));
    }

    private static CommandException tooEarly(String what, Beginning beginning) {
        return CommandException.usage(
                what + ", and the runs begin at slice " + beginning.slice() + ", at " + seconds(beginning.ticks()));
    }
}

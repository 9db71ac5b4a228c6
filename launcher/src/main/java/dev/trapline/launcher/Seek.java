package dev.trapline.launcher;

import dev.trapline.abi.Position;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Plays a part of a recording: prints a stretch of its console, or shows the machine at one position. From the nearest
/// checkpoint before it, and with checkpoints made on the way.
final class Seek {

    private static final ConsoleOutput NOWHERE = (_, _) -> {};

    private final Terminal terminal;
    private final Replaying replaying;
    private final EngineFactory engines;
    private final Checkpoints checkpoints;
    private final GuestConsole guest;

    Seek(Terminal terminal, GuestConsole guest, Replaying replaying, EngineFactory engines, Checkpoints checkpoints) {
        this.checkpoints = checkpoints;
        this.terminal = terminal;
        this.guest = guest;
        this.replaying = replaying;
        this.engines = engines;
    }

    /// Shows the machine.
    Ending show(PositionQuery wanted, StateView view, boolean asJson) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position position = PositionText.find(wanted, reader);
            reader.watch().pause();
            Width width = reader.header().spec().cpus().width();
            return withSeeker(reader, NOWHERE, seeker -> {
                seek(seeker, position.slice());
                Playback playback = seeker.playback();
                if (!reach(seeker, position)) {
                    return null;
                }
                guest.eraseStatus();
                terminal.print(asJson ? view.json(playback, position, width) : view.text(playback, position, width));
                return position;
            });
        }
    }

    /// Shows who changed some bytes last.
    ///
    /// @param wanted where the search begins, backwards
    Ending whoWrote(StateView.Stretch range, PositionQuery wanted, boolean asJson) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position before = PositionText.find(wanted, reader);
            reader.watch().pause();
            return withSeeker(reader, NOWHERE, seeker -> {
                // Refuses what is not in memory before a long search.
                range.read(seeker.playback().memory());
                MemorySearch search = new MemorySearch(seeker, range);
                if (!search.run(before)) {
                    return null;
                }
                ChangeView view = new ChangeView(reader, range, search, seeker.playback());
                reader.watch().pause();
                guest.eraseStatus();
                terminal.print(asJson ? view.json(before) : view.text(before));
                return before;
            });
        }
    }

    /// Prints what the guest printed in a stretch.
    ///
    /// @param first null for the beginning
    /// @param last null for the end
    Ending print(@Nullable PositionQuery first, @Nullable PositionQuery last) {
        Stretch console = new Stretch(guest);
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position from = first == null ? Position.START : PositionText.find(first, reader);
            Position to = last == null ? null : PositionText.find(last, reader);
            reader.watch().pause();
            if (to != null && from.compareTo(to) > 0) {
                throw CommandException.usage("--from comes after --to: " + from + ", and " + to);
            }
            return withSeeker(reader, console, seeker -> print(seeker, console, from, to));
        }
    }

    private @Nullable Position print(Seeker seeker, Stretch console, Position from, @Nullable Position to) {
        Playback playback = seeker.playback();
        console.hold();
        seek(seeker, from.slice());
        if (playback.outcome() == null) {
            console.begin(from.isInside() ? printedUpTo(from, seeker) : 0);
        }
        if (to == null) {
            seeker.playTo(Long.MAX_VALUE);
        } else if (!reach(seeker, to)) {
            return null;
        }
        console.finish();
        RunOutcome outcome = playback.outcome();
        if (outcome != null && !outcome.isHistory()) {
            return null;
        }
        return to == null ? seeker.position() : to;
    }

    private void seek(Seeker seeker, long slice) {
        seeker.seek(slice);
        guest.eraseStatus();
        checkpoints.tellOrigin(seeker);
    }

    /// Goes somewhere with the help of the checkpoints beside the recording. If the replay fails on the way, and
    /// not all of it was replayed, it is done again without them: what is said of a recording rests on the
    /// recording alone.
    ///
    /// @param way where it led; null if the replay failed
    private Ending withSeeker(RecordingReader reader, ConsoleOutput console, Way way) {
        Playback first = playback(console);
        long slices = PositionQuery.slices(reader);
        Watch watch = terminal.watch("replaying", guest);
        LongConsumer passed = slice -> {
            watch.at("slice", slice, slices);
            guest.requireWhole();
        };
        try (CheckpointStore store = checkpoints.open(first);
                Seeker seeker = checkpoints.seeker(first, store, passed)) {
            Position reached = way.go(seeker);
            watch.pause();
            checkpoints.tellTrouble(seeker, store);
            if (reached != null) {
                return played(reached, seeker);
            }
            if (!seeker.reliesOnStore()) {
                return failed(seeker.playback(), reader);
            }
        }
        checkpoints.tellAgain();
        try (Seeker seeker = checkpoints.seeker(playback(console), null, passed)) {
            Position reached = way.go(seeker);
            return reached == null ? failed(seeker.playback(), reader) : played(reached, seeker);
        }
    }

    /// What is done with a seeker.
    private interface Way {

        /// Goes it.
        ///
        /// @return where it led; null if the replay failed
        @Nullable
        Position go(Seeker seeker);
    }

    /// Plays a slice up to a place inside it, and takes that back.
    ///
    /// @return how much the guest prints there, in bytes
    private static long printedUpTo(Position position, Seeker seeker) {
        Playback playback = seeker.playback();
        Checkpoint beginning = playback.checkpoint();
        long before = playback.consoleBytes();
        reach(seeker, position);
        long printed = playback.consoleBytes() - before;
        playback.goTo(beginning);
        return printed;
    }

    /// Plays on, straight, up to a position.
    ///
    /// @return false if the replay failed on the way
    /// @throws CommandException if the slice does not have so many instructions
    private static boolean reach(Seeker seeker, Position position) {
        Playback playback = seeker.playback();
        long slice = position.slice();
        long instruction = position.instruction();
        seeker.playTo(slice);
        RunOutcome outcome = playback.outcome();
        if (playback.position().slice() < slice || (outcome != null && !outcome.isHistory())) {
            return false;
        }
        if (!position.isInside()) {
            return true;
        }
        if (outcome != null) {
            // The recording has a slice here: the replay ended before it.
            return false;
        }
        if (position.phase() == Position.Phase.EXIT) {
            playback.playToExit();
        } else if (!playback.playInto(instruction)) {
            throw CommandException.usage("slice " + slice + " ends with or before its instruction " + instruction
                    + ": what comes after it is slice " + (slice + 1));
        }
        return true;
    }

    /// With a reader of its own: it is closed with the playback.
    private Playback playback(ConsoleOutput console) {
        RecordingReader reader = Recordings.open(replaying.recording(), replaying.open());
        return Playback.of(engines, reader, replaying.services().all(), console);
    }

    private Ending failed(Playback playback, RecordingReader reader) {
        RunReport report = playback.report();
        Outcomes.explain(report, reader.header().spec(), reader.images(), terminal.err());
        return ReplayCommand.ending(report.outcome());
    }

    /// Only what was replayed was checked.
    private static Ending played(Position position, Seeker seeker) {
        Seeker.Origin origin = seeker.origin();
        String from = origin.stored() ? "from the checkpoint at slice " + origin.slice() + " " : "";
        return new Ending(Ending.OK, "replayed", "no divergence " + from + "up to " + position);
    }

    /// Lets nothing through until its stretch begins, and nothing twice.
    private static final class Stretch implements ConsoleOutput {
        private final GuestConsole console;
        private long skip = Long.MAX_VALUE;
        /// What went through altogether, in bytes.
        private long through;

        private Stretch(GuestConsole console) {
            this.console = console;
        }

        /// Nothing belongs to it from here on.
        private void hold() {
            skip = Long.MAX_VALUE;
        }

        /// @param bytes how many of those that come next do not belong to it
        private void begin(long bytes) {
            skip = bytes + through;
        }

        private void finish() {
            console.finish();
        }

        @Override
        public void write(byte[] bytes, int length) {
            int skipped = (int) Math.min(skip, length);
            skip -= skip == Long.MAX_VALUE ? 0 : skipped;
            byte[] rest = Arrays.copyOfRange(bytes, skipped, length);
            through += rest.length;
            console.write(rest, rest.length);
        }
    }
}

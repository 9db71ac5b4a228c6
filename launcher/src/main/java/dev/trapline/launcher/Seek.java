package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Width;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.vcpu.Checkpoint;
import dev.trapline.vcpu.ConsoleOutput;
import dev.trapline.vcpu.Playback;
import dev.trapline.vcpu.RunReport;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Plays a part of a recording: prints a stretch of its console, or shows the machine at one place.
final class Seek {

    private static final ConsoleOutput NOWHERE = (_, _) -> {};

    private final Terminal terminal;
    private final Path recording;
    private final OpenOptions open;
    private final EngineFactory engines;
    private final Services services;

    Seek(Terminal terminal, Path recording, OpenOptions open, EngineFactory engines, Services services) {
        this.terminal = terminal;
        this.recording = recording;
        this.open = open;
        this.engines = engines;
        this.services = services;
    }

    /// Shows the machine.
    Ending show(Place wanted, StateView view, TraceCommand.Format format) {
        try (RecordingReader reader = reader();
                Playback playback = playback(NOWHERE)) {
            Place.Found place = wanted.find(reader);
            if (!reach(playback, place)) {
                return failed(playback, reader);
            }
            Width width = reader.header().spec().width();
            terminal.print(
                    switch (format) {
                        case text -> view.text(playback, place, width);
                        case json -> view.json(playback, place, width);
                    });
            return played(place);
        }
    }

    /// Prints what the guest printed in a stretch.
    ///
    /// @param first null for the beginning
    /// @param last null for the end
    Ending print(@Nullable Place first, @Nullable Place last) {
        Stretch console = new Stretch(terminal.console());
        try (RecordingReader reader = reader()) {
            Place.Found from = first == null ? Place.Found.START : first.find(reader);
            Place.Found to = last == null ? null : last.find(reader);
            if (to != null && from.compareTo(to) > 0) {
                throw CommandException.usage("--from is behind --to: " + from + ", and " + to);
            }
            try (Playback playback = playback(console)) {
                playback.playTo(from.position().slice());
                if (playback.outcome() == null) {
                    console.begin(from.isInside() ? printedUpTo(from, playback) : 0);
                }
                if (to == null) {
                    playback.playTo(Long.MAX_VALUE);
                } else if (!reach(playback, to)) {
                    return failed(playback, reader);
                }
                console.finish();
                RunOutcome outcome = playback.outcome();
                return outcome != null && !ReplayCommand.isAsRecorded(outcome)
                        ? failed(playback, reader)
                        : played(to == null ? new Place.Found(playback.position(), false) : to);
            }
        }
    }

    /// Plays a slice up to a place inside it, and takes that back.
    ///
    /// @return how much the guest prints there, in bytes
    private static long printedUpTo(Place.Found place, Playback playback) {
        Checkpoint beginning = playback.checkpoint();
        long before = playback.consoleBytes();
        reach(playback, place);
        long printed = playback.consoleBytes() - before;
        playback.goTo(beginning);
        return printed;
    }

    /// Plays up to a place.
    ///
    /// @return false if the replay failed on the way
    /// @throws CommandException if the slice does not have so many instructions
    private static boolean reach(Playback playback, Place.Found place) {
        long slice = place.position().slice();
        long instruction = place.position().instruction();
        playback.playTo(slice);
        RunOutcome outcome = playback.outcome();
        if (playback.position().slice() < slice || (outcome != null && !ReplayCommand.isAsRecorded(outcome))) {
            return false;
        }
        if (!place.isInside()) {
            return true;
        }
        if (outcome != null) {
            // The recording has a slice here: the replay ended before it.
            return false;
        }
        if (place.atExit()) {
            playback.playToExit();
        } else if (!playback.playInto(instruction)) {
            throw CommandException.usage("slice " + slice + " ends with or before its instruction " + instruction
                    + ": what comes after it is slice " + (slice + 1));
        }
        return true;
    }

    private RecordingReader reader() {
        return Recordings.open(recording, open);
    }

    /// With a reader of its own: it is closed with the playback.
    private Playback playback(ConsoleOutput console) {
        return Playback.of(engines, reader(), services.all(), console);
    }

    private Ending failed(Playback playback, RecordingReader reader) {
        RunReport report = playback.report();
        Outcomes.explain(report, reader.header().spec(), reader.images(), terminal.err());
        return ReplayCommand.ending(report.outcome());
    }

    private static Ending played(Place.Found place) {
        return new Ending(Ending.OK, "replayed", "no divergence up to " + place);
    }

    /// Lets nothing through until its stretch begins.
    private static final class Stretch implements ConsoleOutput {
        private final GuestConsole console;
        private long skip = Long.MAX_VALUE;

        private Stretch(GuestConsole console) {
            this.console = console;
        }

        /// @param bytes how many of those that come next do not belong to it
        private void begin(long bytes) {
            skip = bytes;
        }

        private void finish() {
            console.finish();
        }

        @Override
        public void write(byte[] bytes, int length) {
            int skipped = (int) Math.min(skip, length);
            skip -= skip == Long.MAX_VALUE ? 0 : skipped;
            byte[] rest = Arrays.copyOfRange(bytes, skipped, length);
            console.write(rest, rest.length);
        }
    }
}

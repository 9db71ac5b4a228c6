package dev.trapline.launcher.replay;

import dev.trapline.abi.Position;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.journal.RecordingReader;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.GuestConsole;
import dev.trapline.launcher.output.Outcomes;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.launcher.recording.WatchedReader;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.ConsolePart;
import dev.trapline.timeline.MemoryRange;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.Timeline;
import dev.trapline.timeline.search.LastWrite;
import dev.trapline.timeline.search.MemorySearch;
import org.jspecify.annotations.Nullable;

/// Replays a part of a recording: prints its console output, shows the machine at one position, or finds who wrote its
/// memory.
final class Seek {

    private final Terminal terminal;
    private final Replaying replaying;
    private final EngineFactory engines;
    private final Checkpoints checkpoints;
    private final GuestConsole guest;

    /// @param inUse whether the checkpoints beside the recording are used
    Seek(Terminal terminal, GuestConsole guest, Replaying replaying, EngineFactory engines, boolean inUse) {
        this.terminal = terminal;
        this.guest = guest;
        this.replaying = replaying;
        this.engines = engines;
        this.checkpoints = replaying.checkpoints(inUse, this::tell);
    }

    private void tell(String notice) {
        guest.finish();
        terminal.err().println("trapline: " + notice);
    }

    /// Shows the machine.
    Ending show(PositionQuery wanted, StateView view, boolean asJson) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position position = wanted.find(reader);
            reader.watch().pause();
            return make(reader, seeker -> {
                seeker.seek(position.slice());
                checkpoints.tellOrigin(seeker);
                if (!seeker.reach(position)) {
                    return null;
                }
                print(view.print(seeker.playback().view(position), asJson));
                return position;
            });
        }
    }

    /// Shows what changed some bytes last.
    ///
    /// @param wanted the position at which the backward search begins
    Ending whoWrote(MemoryRange range, PositionQuery wanted, boolean asJson) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position before = wanted.find(reader);
            reader.watch().pause();
            return make(reader, seeker -> {
                MemorySearch search = new MemorySearch(seeker, range);
                if (!search.run(before)) {
                    return null;
                }
                ChangeView view = new ChangeView(
                        reader,
                        range,
                        LastWrite.of(reader, range, search, seeker.playback().boot()),
                        seeker.playback().memory());
                reader.watch().pause();
                print(asJson ? view.json(before) : view.text(before));
                return before;
            });
        }
    }

    private void print(String text) {
        guest.eraseStatus();
        terminal.print(text);
    }

    /// Prints the console output of a part of the recording.
    ///
    /// @param first null for the beginning
    /// @param last null for the end
    Ending print(@Nullable PositionQuery first, @Nullable PositionQuery last) {
        try (WatchedReader reader = RecordingPath.open(terminal, replaying.recording(), replaying.open())) {
            Position from = first == null ? Position.START : first.find(reader);
            Position to = last == null ? null : last.find(reader);
            reader.watch().pause();
            if (to != null && from.compareTo(to) > 0) {
                throw CommandException.usage("--from comes after --to: " + from + ", and " + to);
            }
            ConsolePart part = new ConsolePart(guest, checkpoints, from, to);
            return ending(timeline(reader).make(part, part), reader);
        }
    }

    private Ending make(RecordingReader reader, Timeline.Journey journey) {
        return ending(timeline(reader).make(journey, (_, _) -> {}), reader);
    }

    private Timeline timeline(RecordingReader reader) {
        long slices = PositionQuery.slices(reader);
        Watch watch = terminal.watch("replaying", guest);
        return new Timeline(replaying.run(engines), checkpoints, slice -> {
            watch.at("slice", slice, slices);
            guest.requireWhole();
        });
    }

    private Ending ending(Timeline.Result result, RecordingReader reader) {
        guest.finish();
        return switch (result) {
            case Timeline.Result.Failed(var report) -> {
                Outcomes.explain(report, reader.header().spec(), reader.images(), terminal.err());
                yield Outcomes.ofReplay(report.outcome());
            }
            // Only what was replayed was checked.
            case Timeline.Result.Arrived(Position position, Seeker.Origin origin) -> {
                String from = origin.stored() ? "from the checkpoint at slice " + origin.slice() + " " : "";
                yield new Ending(Ending.OK, "replayed", "no divergence " + from + "up to " + position);
            }
        };
    }
}

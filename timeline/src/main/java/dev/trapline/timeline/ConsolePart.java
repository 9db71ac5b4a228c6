package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.ConsoleOutput;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Prints the console output between two positions, each byte once.
public final class ConsolePart implements Timeline.Journey, ConsoleOutput {

    private final ConsoleOutput out;
    private final Checkpoints checkpoints;
    private final Position from;
    private final @Nullable Position to;
    private long skip = Long.MAX_VALUE;
    /// The size of all printed output, in bytes.
    private long printed;

    /// @param out receives the part
    /// @param checkpoints reports where the replay begins
    /// @param to the end; null for the end of the recording
    public ConsolePart(ConsoleOutput out, Checkpoints checkpoints, Position from, @Nullable Position to) {
        this.out = out;
        this.checkpoints = checkpoints;
        this.from = from;
        this.to = to;
    }

    @Override
    public @Nullable Position make(Seeker seeker) {
        Playback playback = seeker.playback();
        skip = Long.MAX_VALUE;
        seeker.seek(from.slice());
        checkpoints.tellOrigin(seeker);
        if (playback.outcome() == null) {
            // If this is called a second time, nothing is printed twice.
            skip = (from.isInside() ? bytesInside(seeker) : 0) + printed;
        }
        if (to == null) {
            seeker.playTo(Long.MAX_VALUE);
        } else if (!seeker.reach(to)) {
            return null;
        }
        RunOutcome outcome = playback.outcome();
        if (outcome != null && !outcome.isHistory()) {
            return null;
        }
        return to == null ? playback.position() : to;
    }

    /// Replays the slice up to the position in it, and returns to its beginning.
    ///
    /// @return the size of the output up to there, in bytes
    private long bytesInside(Seeker seeker) {
        Playback playback = seeker.playback();
        Checkpoint beginning = playback.checkpoint();
        long before = playback.consoleBytes();
        seeker.reach(from);
        long inside = playback.consoleBytes() - before;
        playback.goTo(beginning);
        return inside;
    }

    @Override
    public void write(byte[] bytes, int length) {
        int skipped = (int) Math.min(skip, length);
        skip -= skip == Long.MAX_VALUE ? 0 : skipped;
        byte[] rest = Arrays.copyOfRange(bytes, skipped, length);
        printed += rest.length;
        out.write(rest, rest.length);
    }
}

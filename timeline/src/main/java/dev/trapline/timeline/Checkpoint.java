package dev.trapline.timeline;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.memory.MemoryCopy;
import dev.trapline.journal.replay.ReplayHistory;
import dev.trapline.machine.firmware.KeptState;
import dev.trapline.timeline.checkpoint.CheckpointImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// The state of a machine at the beginning of a slice, to which a replay can return. It is kept in memory, for the
/// [Playback] that made it or read it from an image.
///
/// It is not part of the history. The result of a replay does not depend on checkpoints.
public final class Checkpoint {

    private final Position position;
    private final Bytes state;
    private final List<KeptState> services;
    private final Policy policy;
    private final MemoryCopy memory;
    private final ReplayHistory.Mark mark;

    /// @param state what the machine and its vCPUs hold
    /// @param services the services' states, in order of their names
    /// @param policy the current policy
    /// @param mark the position in the history
    Checkpoint(
            Position position,
            Bytes state,
            List<KeptState> services,
            Policy policy,
            MemoryCopy memory,
            ReplayHistory.Mark mark) {
        this.position = position;
        this.state = state;
        this.services = List.copyOf(services);
        this.policy = policy;
        this.memory = memory;
        this.mark = mark;
    }

    /// Its position: the beginning of a slice.
    public Position position() {
        return position;
    }

    /// The same in a form that outlives the process.
    ///
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if the state of a service cannot be
    ///     written
    public CheckpointImage image() {
        List<Bytes> states = new ArrayList<>();
        services.forEach(service -> states.add(service.bytes()));
        return new CheckpointImage(
                position.slice(),
                state,
                states,
                policy,
                memory.ramHashes(),
                memory.flashHashes(),
                new CheckpointImage.Place(mark.segment(), mark.digest(), mark.records()));
    }

    /// The content of its pages of memory, by hash. Must not be changed.
    public SortedMap<String, byte[]> pages() {
        return memory.pages();
    }

    /// Its size without its pages of memory, in bytes.
    long bytes() {
        return state.size();
    }

    Bytes state() {
        return state;
    }

    List<KeptState> services() {
        return services;
    }

    Policy policy() {
        return policy;
    }

    MemoryCopy memory() {
        return memory;
    }

    ReplayHistory.Mark mark() {
        return mark;
    }
}

package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.registry.CapabilityRegistry;
import dev.trapline.journal.replay.ReplayHistory;
import dev.trapline.vcpu.memory.MemoryCopy;
import java.util.List;

/// A machine at the beginning of a slice, to go back to: kept in memory, for the [Playback] that made it.
///
/// It is no part of the history. What a replay comes to does not depend on whether there are any.
public final class Checkpoint {

    private final Position position;
    private final long[] words;
    private final List<Bytes> engines;
    private final List<Runnable> services;
    private final CapabilityRegistry registry;
    private final MemoryCopy memory;
    private final ReplayHistory.Mark mark;

    /// @param words what the machine and its vCPUs hold
    /// @param engines by vCPU; empty where it has no power
    /// @param services each puts one service back
    /// @param registry in force
    /// @param mark where the history is
    Checkpoint(
            Position position,
            long[] words,
            List<Bytes> engines,
            List<Runnable> services,
            CapabilityRegistry registry,
            MemoryCopy memory,
            ReplayHistory.Mark mark) {
        this.position = position;
        this.words = words;
        this.engines = List.copyOf(engines);
        this.services = List.copyOf(services);
        this.registry = registry;
        this.memory = memory;
        this.mark = mark;
    }

    /// Where it is: the beginning of a slice.
    public Position position() {
        return position;
    }

    /// What it takes besides its pages of memory, in bytes.
    long bytes() {
        long bytes = (long) words.length * Long.BYTES;
        for (Bytes engine : engines) {
            bytes += engine.size();
        }
        return bytes;
    }

    long[] words() {
        return words;
    }

    List<Bytes> engines() {
        return engines;
    }

    List<Runnable> services() {
        return services;
    }

    CapabilityRegistry registry() {
        return registry;
    }

    MemoryCopy memory() {
        return memory;
    }

    ReplayHistory.Mark mark() {
        return mark;
    }
}

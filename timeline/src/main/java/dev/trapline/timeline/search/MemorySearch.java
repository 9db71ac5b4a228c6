package dev.trapline.timeline.search;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.MemoryRange;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the last change of bytes in memory.
///
/// The search goes back from checkpoint to checkpoint. Between two checkpoints it replays forward and compares the
/// bytes after each slice. A slice that changed them is replayed again, instruction by instruction. So a change is
/// found even if it was undone later. A store of the same value is not a change.
public final class MemorySearch {

    /// The largest range, in bytes: it is compared after each slice.
    public static final int LONGEST = 1 << 16;

    /// A change.
    ///
    /// @param offset of its first byte, from the first byte asked for
    /// @param old what was there
    /// @param now the content since
    /// @param store the guest's store that made it; null if it happened behind the slice's exit, or before the
    ///     first slice
    /// @param position of the slice; at an instruction for a store
    /// @param ticks virtual time at the slice's beginning
    public record Change(
            int offset, Bytes old, Bytes now, @Nullable Store store, Position position, long ticks) {}

    /// A store.
    ///
    /// @param registers before it
    public record Store(VcpuId vcpu, GeneralRegisters registers) {}

    private final Seeker seeker;
    private final Playback playback;
    private final MemoryRange range;
    private final BitSet open = new BitSet();
    private final List<Change> changes = new ArrayList<>();

    /// @throws dev.trapline.timeline.NotInRecordingException if the range is not all in memory
    public MemorySearch(Seeker seeker, MemoryRange range) {
        this.seeker = seeker;
        this.playback = seeker.playback();
        this.range = range;
        open.set(0, range.length());
        // Refuses what is not in memory before a long search.
        range.read(playback.memory());
    }

    /// Bytes that nothing has changed since the first slice.
    public BitSet unchanged() {
        return open;
    }

    /// The changes, those that came last first.
    public List<Change> changes() {
        return changes;
    }

    /// Looks for them.
    ///
    /// @param before where the search begins
    /// @return false if the replay failed on the way
    public boolean run(Position before) {
        long slice = before.slice();
        if (before.isInside()) {
            long limit = before.phase() == Position.Phase.EXIT ? Long.MAX_VALUE : before.instruction();
            if (!goTo(slice)) {
                return false;
            }
            stepThrough(limit);
        }
        for (long end = slice; end > 0 && !open.isEmpty(); ) {
            long begin = seeker.checkpointBefore(end);
            if (!look(begin, end)) {
                return false;
            }
            end = begin;
        }
        return true;
    }

    private boolean goTo(long slice) {
        seeker.seek(slice);
        return isAt(slice);
    }

    private boolean isAt(long slice) {
        return playback.position().slice() == slice
                && (playback.outcome() == null || playback.outcome().isHistory());
    }

    /// Looks at the slices between two positions, the last change first.
    private boolean look(long begin, long end) {
        if (!goTo(begin)) {
            return false;
        }
        // The last slice in which each open byte changed.
        TreeMap<Long, BitSet> bySlice = new TreeMap<>();
        long[] last = new long[range.length()];
        Arrays.fill(last, -1);
        byte[] was = bytes();
        for (long slice = begin; slice < end; slice++) {
            seeker.playTo(slice + 1);
            if (!isAt(slice + 1)) {
                return false;
            }
            byte[] is = bytes();
            for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
                if (was[i] != is[i]) {
                    last[i] = slice;
                }
            }
            was = is;
        }
        for (int i = 0; i < last.length; i++) {
            if (last[i] >= 0) {
                bySlice.computeIfAbsent(last[i], _ -> new BitSet()).set(i);
            }
        }
        for (long slice : bySlice.descendingKeySet()) {
            if (!explain(slice)) {
                return false;
            }
        }
        return true;
    }

    /// Says of a slice who changed the open bytes in it: what follows its exit, or stores.
    private boolean explain(long slice) {
        if (!goTo(slice + 1)) {
            return false;
        }
        byte[] after = bytes();
        if (!goTo(slice)) {
            return false;
        }
        long ticks = playback.now();
        Checkpoint beginning = playback.checkpoint();
        playback.playToExit();
        byte[] atExit = bytes();
        playback.goTo(beginning);
        add(difference(atExit, after), atExit, after, null, Position.ofSlice(slice), ticks);
        if (!open.isEmpty()) {
            stepThrough(Long.MAX_VALUE);
        }
        return true;
    }

    /// Plays the slice that comes next instruction by instruction, and notes the last store to each open byte.
    ///
    /// @param limit instructions to play at most
    private void stepThrough(long limit) {
        long slice = playback.position().slice();
        long ticks = playback.now();
        Checkpoint beginning = playback.checkpoint();
        long[] last = new long[range.length()];
        Arrays.fill(last, -1);
        byte[] was = bytes();
        boolean goesOn = limit > 0;
        for (long n = 0; goesOn; n++) {
            goesOn = playback.step() && n + 1 < limit;
            byte[] is = bytes();
            for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
                if (was[i] != is[i]) {
                    last[i] = n;
                }
            }
            was = is;
        }
        playback.goTo(beginning);
        TreeMap<Long, BitSet> byInstruction = new TreeMap<>();
        for (int i = 0; i < last.length; i++) {
            if (last[i] >= 0) {
                byInstruction.computeIfAbsent(last[i], _ -> new BitSet()).set(i);
            }
        }
        byInstruction.descendingMap().forEach((step, bytes) -> {
            long instruction = storing(step, bytes, beginning);
            playTo(instruction, beginning);
            byte[] old = bytes();
            Store store = store();
            playTo(instruction + 1, beginning);
            byte[] now = bytes();
            playback.goTo(beginning);
            add(bytes, old, now, store, Position.within(slice, instruction), ticks);
        });
    }

    /// Which instruction of the slice it is that changed bytes in a step. A step of T32 may be a whole IT block,
    /// which is one step and several instructions: then it is a later one.
    ///
    /// @return the step's own number if none of them does
    private long storing(long step, BitSet bytes, Checkpoint beginning) {
        playTo(step, beginning);
        byte[] old = bytes();
        boolean more = true;
        for (long instruction = step; more; instruction++) {
            playback.goTo(beginning);
            more = playback.playInto(instruction + 1);
            byte[] now = bytes();
            if (differ(bytes, old, now)) {
                return instruction;
            }
            old = now;
        }
        return step;
    }

    private static boolean differ(BitSet bytes, byte[] old, byte[] now) {
        return bytes.stream().allMatch(i -> old[i] != now[i]);
    }

    /// Plays the first instructions of the slice.
    private void playTo(long instructions, Checkpoint beginning) {
        playback.goTo(beginning);
        if (instructions > 0) {
            playback.playInto(instructions);
        }
    }

    private Store store() {
        for (VcpuView vcpu : playback.vcpus()) {
            GeneralRegisters registers = vcpu.registers();
            if (vcpu.next() && registers != null) {
                return new Store(vcpu.vcpu(), registers);
            }
        }
        throw new IllegalStateException("no vCPU runs the slice that is played");
    }

    private BitSet difference(byte[] one, byte[] other) {
        BitSet different = new BitSet();
        for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
            different.set(i, one[i] != other[i]);
        }
        return different;
    }

    /// Adds a change for each run of neighbouring bytes, and closes them.
    private void add(BitSet bytes, byte[] old, byte[] now, @Nullable Store store, Position position, long ticks) {
        for (int from = bytes.nextSetBit(0); from >= 0; ) {
            int to = bytes.nextClearBit(from);
            changes.add(new Change(
                    from,
                    Bytes.copyOf(Arrays.copyOfRange(old, from, to)),
                    Bytes.copyOf(Arrays.copyOfRange(now, from, to)),
                    store,
                    position,
                    ticks));
            from = bytes.nextSetBit(to);
        }
        open.andNot(bytes);
    }

    private byte[] bytes() {
        return range.read(playback.memory()).toArray();
    }
}

package dev.trapline.vcpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The shared parts of a machine's engines, for a part that is run several times: memory that can be restored, and
/// devices that repeat their answers of the first run.
final class SampledMemory {

    private final List<Block> blocks = new ArrayList<>();
    private final List<Access> accesses = new ArrayList<>();
    private boolean noting;
    private boolean answering;
    private int next;
    private long unexpected;

    /// Writable memory, and its content before and after the first run.
    private static final class Block {
        final MemorySegment memory;
        byte @Nullable [] before;
        byte @Nullable [] after;

        Block(MemorySegment memory) {
            this.memory = memory;
        }
    }

    /// One access to a device, or one store that memory ignored.
    ///
    /// @param value the written value, or the answer
    private record Access(boolean write, long where, long detail, long value) {}

    /// The specification with logged devices.
    EngineSpec watch(EngineSpec spec) {
        List<MemoryMap.Region> regions = new ArrayList<>();
        blocks.clear();
        for (MemoryMap.Region region : spec.memory().regions()) {
            regions.add(
                    switch (region) {
                        case MemoryMap.Device device ->
                            new MemoryMap.Device(
                                    device.base(), device.size(), new Watched(device.base(), device.device()));
                        case MemoryMap.Memory memory -> watch(memory);
                    });
        }
        return spec.withMemory(new MemoryMap(regions));
    }

    private MemoryMap.Memory watch(MemoryMap.Memory memory) {
        if (memory.writable()) {
            blocks.add(new Block(memory.bytes()));
            return memory;
        }
        return new MemoryMap.Memory(memory.base(), memory.bytes(), false, (address, pc) -> {
            if (!answering) {
                memory.ignoredWrites().ignored(address, pc);
            }
            note(true, address, pc, 0);
        });
    }

    private final class Watched implements MmioDevice {
        private final long base;
        private final MmioDevice device;

        Watched(long base, MmioDevice device) {
            this.base = base;
            this.device = device;
        }

        @Override
        public long read(long offset, int size) {
            if (answering) {
                return note(false, base + offset, size, 0);
            }
            long value = device.read(offset, size);
            note(false, base + offset, size, value);
            return value;
        }

        @Override
        public void write(long offset, int size, long value) {
            if (!answering) {
                device.write(offset, size, value);
            }
            note(true, base + offset, size, value);
        }
    }

    /// @return the answer of the first run
    private long note(boolean write, long where, long detail, long value) {
        if (noting) {
            accesses.add(new Access(write, where, detail, value));
        } else if (answering) {
            Access expected = next < accesses.size() ? accesses.get(next) : null;
            next++;
            if (expected != null
                    && expected.equals(new Access(write, where, detail, write ? value : expected.value()))) {
                return expected.value();
            }
            unexpected = Digest64.fold(Digest64.fold(unexpected + 1, where), value);
        }
        return 0;
    }

    /// Begins the first run of a part.
    void begin() {
        for (Block block : blocks) {
            block.before = block.memory.toArray(JAVA_BYTE);
        }
        accesses.clear();
        unexpected = 0;
        noting = true;
    }

    /// Ends the first run.
    void end() {
        noting = false;
        for (Block block : blocks) {
            block.after = block.memory.toArray(JAVA_BYTE);
        }
    }

    /// Begins another run of the part.
    void rewind() {
        for (Block block : blocks) {
            put(block.memory, block.before);
        }
        next = 0;
        unexpected = 0;
        answering = true;
    }

    /// Ends it: the machine continues after the first run.
    void restore() {
        answering = false;
        for (Block block : blocks) {
            put(block.memory, block.after);
        }
    }

    private static void put(MemorySegment memory, byte @Nullable [] content) {
        if (content != null) {
            MemorySegment.copy(content, 0, memory, JAVA_BYTE, 0, content.length);
        }
    }

    /// The changes to memory and the accesses to devices, as text: equal for equal runs.
    String seen() {
        long digest = 0;
        for (Block block : blocks) {
            digest = Digest64.fold(digest, Digest64.of(block.memory, 0, block.memory.byteSize()));
        }
        int reached = answering ? next : accesses.size();
        return Long.toHexString(digest) + " " + reached + " accesses" + (unexpected == 0 ? "" : ", and others");
    }
}

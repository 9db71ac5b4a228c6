package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.unicorn.a64.Aarch64;
import dev.trapline.unicorn.layout.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A small guest that is run twice: with budgets counted by blocks, and counted by the library. The visible state must
/// be the same after each slice. The guest stores, also to read-only memory, does maintenance, makes hypercalls, reads
/// the time, and accesses addresses without memory. Then its code changes without maintenance.
final class BudgetTrial {

    private static final long BASE = 0x4000_0000L;
    private static final long BYTES = 0x1_0000;
    private static final long DATA = BASE + 0x8000;
    private static final long FLASH = 0x1_0000;
    private static final long FLASH_BYTES = 0x1_0000;
    private static final long NOTHING = 0x7000_0000L;
    private static final int SLICES = 200;
    private static final int LONGEST = 23;

    private static final int[] CODE = {
        0x9100_0c21, // add x1, x1, #0x3
        0xf900_0041, // str x1, [x2]
        0xf940_0043, // ldr x3, [x2]
        0xf900_0141, // str x1, [x10]
        0x8b03_0084, // add x4, x4, x3
        0x3617_ff61, // tbz w1, #2, 0
        0xd50b_7522, // ic ivau, x2
        0x3627_ff21, // tbz w1, #4, 0
        0xd400_0022, // hvc #0x1
        0xd53b_e045, // mrs x5, cntvct_el0
        0x8b05_0108, // add x8, x8, x5
        0x3637_fea1, // tbz w1, #6, 0
        0x8b01_0129, // add x9, x9, x1
        0xf940_00e6, // ldr x6, [x7]
        0xf900_00e1, // str x1, [x7]
        0x17ff_fff1, // b 0
    };

    private static final int ROUTINE = 0x400;
    private static final int[] ROUTINE_CODE = {
        0x9100_0421, // add x1, x1, #0x1
        0xb940_0d63, // ldr w3, [x11, #12]
        0xb900_0d63, // str w3, [x11, #12]
        0x17ff_fffd, // b 0
    };
    private static final int NEW_CODE = 0x9100_4021; // add x1, x1, #0x10
    /// Budgets: one instruction of the old code, then the end of the block, which stores into itself, then one
    /// instruction of the new code.
    private static final int[] ROUTINE_SLICES = {1, 3, 1};

    private final Guest counted;
    private final Guest reference;
    private final List<Exit> exits = new ArrayList<>();

    private BudgetTrial(Guest counted, Guest reference) {
        this.counted = counted;
        this.reference = reference;
    }

    /// @param exits how its slices ended
    /// @param countingBlocks how many blocks counted by themselves
    record Outcome(List<Exit> exits, int countingBlocks) {}

    /// Runs it.
    ///
    /// @throws EngineException if there is a difference
    static Outcome run(Layouts layouts, Shortcuts with, Shortcuts without) {
        try (Arena arena = Arena.ofConfined();
                Guest counted = new Guest(layouts, with, arena);
                Guest reference = new Guest(layouts, without, arena)) {
            BudgetTrial trial = new BudgetTrial(counted, reference);
            for (int slice = 0; slice < SLICES; slice++) {
                if (trial.slice(1 + slice * 7L % LONGEST) instanceof GuestFault) {
                    trial.goOnAt(counted.registers[GeneralRegisters.PC] + Integer.BYTES);
                }
            }
            trial.goOnAt(BASE + ROUTINE);
            for (int budget : ROUTINE_SLICES) {
                trial.slice(budget);
                counted.memory.set(JAVA_INT, ROUTINE, NEW_CODE);
                reference.memory.set(JAVA_INT, ROUTINE, NEW_CODE);
            }
            return new Outcome(trial.exits, counted.engine.countingBlocks());
        }
    }

    private void goOnAt(long address) {
        counted.engine.writePc(address);
        reference.engine.writePc(address);
    }

    private Exit slice(long budget) {
        long now = 1000L * exits.size();
        Exit exit = counted.run(budget, now);
        if (!exit.equals(reference.run(budget, now)) || !counted.isLike(reference)) {
            throw new EngineException("a slice ended at the wrong position in the self-test");
        }
        exits.add(exit);
        return exit;
    }

    /// One of the two.
    private static final class Guest implements AutoCloseable {

        private final MemorySegment memory;
        private final UnicornEngine engine;
        private final long[] registers = new long[GeneralRegisters.COUNT];
        /// A digest of the ignored stores: their addresses and PCs.
        private long ignored;

        Guest(Layouts layouts, Shortcuts shortcuts, Arena arena) {
            memory = arena.allocate(BYTES, MemoryMap.PAGE);
            MemorySegment.copy(CODE, 0, memory, JAVA_INT, 0, CODE.length);
            MemorySegment.copy(ROUTINE_CODE, 0, memory, JAVA_INT, ROUTINE, ROUTINE_CODE.length);
            MemoryMap map = new MemoryMap(List.of(
                    new MemoryMap.Memory(
                            FLASH,
                            arena.allocate(FLASH_BYTES, MemoryMap.PAGE),
                            false,
                            (address, pc) -> ignored = Digest64.fold(Digest64.fold(ignored, address), pc)),
                    new MemoryMap.Memory(BASE, memory, true)));
            Mpidr mpidr = Mpidr.of(new VcpuId(0), Mpidr.MAX_CLUSTER);
            engine = UnicornEngine.open(
                    layouts,
                    new Aarch64(),
                    new EngineSpec(CpuModel.CORTEX_A57, Width.AARCH64, mpidr, map, false),
                    shortcuts,
                    UnicornEngine.Listeners.NONE);
            engine.writeRegisters(RegisterWrites.fromX0(0, 0, DATA, 0, 0, 0, 0, NOTHING, 0, 0, FLASH, BASE + ROUTINE));
            engine.writePc(BASE);
        }

        Exit run(long budget, long now) {
            Exit exit = engine.run(budget, now, 0);
            engine.readRegisters(registers);
            return exit;
        }

        boolean isLike(Guest other) {
            return Arrays.equals(registers, other.registers)
                    && engine.executed() == other.engine.executed()
                    && engine.shown() == other.engine.shown()
                    && ignored == other.ignored;
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}

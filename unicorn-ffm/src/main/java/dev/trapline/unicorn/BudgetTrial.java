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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A small guest that is run twice, with budgets counted by blocks and by the library: what can be seen must be the
/// same after each slice. It stores, also to memory that cannot be written, does maintenance, calls, looks at the time,
/// and reaches for memory that is not there.
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

    private BudgetTrial() {}

    /// @param exits how its slices ended
    /// @param countingBlocks how many blocks counted by themselves
    record Outcome(List<Exit> exits, int countingBlocks) {}

    /// Runs it.
    ///
    /// @throws EngineException if anything differs
    static Outcome run(UnicornLibrary library, Shortcuts with, Shortcuts without) {
        AtomicLong ignored = new AtomicLong();
        AtomicLong expectedIgnored = new AtomicLong();
        try (Arena arena = Arena.ofConfined();
                UnicornEngine counted = open(library, with, arena, ignored);
                UnicornEngine reference = open(library, without, arena, expectedIgnored)) {
            List<Exit> exits = new ArrayList<>();
            long[] mine = new long[GeneralRegisters.COUNT];
            long[] theirs = new long[GeneralRegisters.COUNT];
            for (int slice = 0; slice < SLICES; slice++) {
                long budget = 1 + slice * 7L % LONGEST;
                long now = 1000L * slice;
                Exit exit = counted.run(budget, now, 0);
                Exit expected = reference.run(budget, now, 0);
                counted.readRegisters(mine);
                reference.readRegisters(theirs);
                boolean same = exit.equals(expected)
                        && Arrays.equals(mine, theirs)
                        && counted.executed() == reference.executed()
                        && counted.shown() == reference.shown()
                        && ignored.get() == expectedIgnored.get();
                if (!same) {
                    throw new EngineException("a slice ended elsewhere than it has to in the self-test");
                }
                exits.add(exit);
                if (exit instanceof GuestFault) {
                    counted.writePc(mine[GeneralRegisters.PC] + Integer.BYTES);
                    reference.writePc(mine[GeneralRegisters.PC] + Integer.BYTES);
                }
            }
            return new Outcome(exits, counted.countingBlocks());
        }
    }

    /// @param ignored where the stores that memory ignored, and where they came from, are folded into
    private static UnicornEngine open(UnicornLibrary library, Shortcuts shortcuts, Arena arena, AtomicLong ignored) {
        MemorySegment memory = arena.allocate(BYTES, MemoryMap.PAGE);
        MemorySegment.copy(CODE, 0, memory, JAVA_INT, 0, CODE.length);
        MemorySegment flash = arena.allocate(FLASH_BYTES, MemoryMap.PAGE);
        MemoryMap map = new MemoryMap(List.of(
                new MemoryMap.Memory(
                        FLASH,
                        flash,
                        false,
                        (address, pc) -> ignored.set(Digest64.fold(Digest64.fold(ignored.get(), address), pc))),
                new MemoryMap.Memory(BASE, memory, true)));
        Mpidr mpidr = Mpidr.of(new VcpuId(0), Mpidr.MAX_CLUSTER);
        UnicornEngine engine = UnicornEngine.open(
                library,
                new Aarch64(),
                new EngineSpec(CpuModel.CORTEX_A57, Width.AARCH64, mpidr, map, false),
                shortcuts);
        engine.writeRegisters(RegisterWrites.fromX0(0, 0, DATA, 0, 0, 0, 0, NOTHING, 0, 0, FLASH));
        engine.writePc(BASE);
        return engine;
    }
}

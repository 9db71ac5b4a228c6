package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.Hooks;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A small AArch64 guest that reads counters. It tests whether the library's count of begun instructions is correct
/// when its hook is called, and whether the PC is that of the instruction.
final class CounterTrial implements Hooks {

    private static final long BASE = 0x1_0000;

    private static final int[] CODE = {
        0xd53b_e040, // mrs x0, cntvct_el0
        0xd503_201f, // nop
        0xd53b_e040, // mrs x0, cntvct_el0
        0xd51b_e300, // msr cntv_tval_el0, x0
        0x1400_0001, // b 14, the next one
        0xd503_201f, // nop
        0xd53b_e020, // mrs x0, cntpct_el0
        0xd503_201f, // nop
    };
    /// The indexes of the instructions that have a hook.
    private static final List<Long> HOOKED = List.of(0L, 2L, 3L, 6L);

    private final Unicorn engine;
    private final InstanceLayout layout;
    private final RegisterBatch pc;
    private final List<Long> seen = new ArrayList<>();

    private CounterTrial(Unicorn engine, InstanceLayout layout) {
        this.engine = engine;
        this.layout = layout;
        this.pc = engine.registers(UnicornConstants.UC_ARM64_REG_PC);
        engine.hookSystemInstructions(this);
    }

    /// Whether the count at a layout's position gives the right time.
    static boolean passes(UnicornLibrary library, InstanceLayout layout) {
        try (Arena arena = Arena.ofConfined();
                Unicorn engine =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the engine is closed before the arena is.
            MemorySegment page = arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            MemorySegment.copy(CODE, 0, page, JAVA_INT, 0, CODE.length);
            engine.mapMemory(BASE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            CounterTrial trial = new CounterTrial(engine, layout);
            engine.start(BASE, CODE.length);
            return trial.seen.equals(HOOKED);
        }
    }

    /// Records the index of the instruction, or -1 if the library's count does not agree with it.
    private void note() {
        pc.read();
        long place = (pc.get(0, 0) - BASE) / Integer.BYTES;
        seen.add(layout.begun(engine) == place + 1 ? place : -1);
    }

    @Override
    public boolean readSystem(int register, int target) {
        note();
        return true;
    }

    @Override
    public boolean writeSystem(int register, long value) {
        note();
        return true;
    }

    @Override
    public void systemInstruction(int operation, long argument) {
        // The guest has no such instruction.
    }

    @Override
    public void interrupt(int number) {
        engine.stop();
    }

    @Override
    public boolean invalidAccess(int access, long address) {
        return false;
    }

    @Override
    public void nobodyAnswers(long address, boolean write) {
        // There are no devices.
    }
}

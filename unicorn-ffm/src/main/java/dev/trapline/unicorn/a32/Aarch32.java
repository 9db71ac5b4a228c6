package dev.trapline.unicorn.a32;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.CpuStateLayout;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.Architecture;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A CPU with AArch32 only. It starts in SVC mode in non-secure state.
///
/// @param wired whether it takes its exceptions itself
public record Aarch32(boolean wired) implements Architecture {

    private static final int STACK = 13;
    private static final int LINK = 14;
    /// CPSR.T.
    private static final long THUMB = 1 << 5;

    /// SCR: HCE (HVC is not UNDEFINED); the library has set NS already.
    private static final long SCR_HCE = 0x100;

    private static final long SCR_NS = 1;
    /// HCR: TWI (a WFI cannot be mistaken for the end of a budget).
    private static final long HCR_TWI = 1 << 13;
    /// HCR: TTLB (operations on TLBs trap: the other CPUs of the machine have to perform them, too).
    private static final long HCR_TTLB = 1 << 25;
    private static final int NOP = 0xe1a0_0000;
    private static final long WARM_UP = 0x10000;
    private static final int DOUBLES = 32;
    private static final long MODE = 0x1f;
    private static final long USER = 0x10;
    private static final long MONITOR = 0x16;
    private static final long HYP = 0x1a;

    @Override
    public Width width() {
        return Width.AARCH32;
    }

    @Override
    public int arch() {
        return UnicornConstants.UC_ARCH_ARM;
    }

    @Override
    public int model(EngineSpec spec) {
        return switch (spec.model()) {
            case CORTEX_A53 -> UnicornConstants.UC_CPU_ARM_CORTEX_A7;
            case CORTEX_A57, CORTEX_A72 -> UnicornConstants.UC_CPU_ARM_CORTEX_A15;
        };
    }

    /// Executes an instruction in memory of its own.
    static void execute(Unicorn engine, int instruction) {
        try (Arena memory = Arena.ofConfined()) {
            // SAFETY: unmapped before the arena is closed.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.set(JAVA_INT, 0, instruction);
            engine.mapMemory(WARM_UP, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            engine.start(WARM_UP, 1);
            engine.unmap(WARM_UP, MemoryMap.PAGE);
        }
    }

    /// The library does not report the first block that an instance translates. So this first block is a single
    /// NOP.
    @Override
    public void warmUp(Unicorn engine) {
        execute(engine, NOP);
    }

    @Override
    public void setUp(Unicorn engine, EngineSpec spec) {
        engine.writeCoprocessor(1, 0, 1, 0, SCR_HCE | SCR_NS);
        engine.writeCoprocessor(1, 4, 1, 0, wired ? HCR_TWI | HCR_TTLB : HCR_TWI);
        engine.writeCoprocessor(0, 4, 0, 5, spec.mpidr().value());
        Aarch32Time.setUp(engine);
        if (wired) {
            Aarch32Traps.setUp(engine);
        }
    }

    @Override
    public RegisterBatch generalRegisters(Unicorn engine) {
        int[] ids = new int[LINK + 4];
        int[] slots = new int[LINK + 4];
        for (int n = 0; n <= LINK; n++) {
            ids[n] = registerNumber(n);
            slots[n] = n;
        }
        ids[LINK + 1] = UnicornConstants.UC_ARM_REG_SP;
        slots[LINK + 1] = GeneralRegisters.SP;
        ids[LINK + 2] = UnicornConstants.UC_ARM_REG_PC;
        slots[LINK + 2] = GeneralRegisters.PC;
        ids[LINK + 3] = UnicornConstants.UC_ARM_REG_CPSR;
        slots[LINK + 3] = GeneralRegisters.PSTATE;
        return engine.registers(ids, slots, GeneralRegisters.COUNT, 1);
    }

    @Override
    public int numbered() {
        return LINK + 1;
    }

    /// The library's number of r`n`; 0, which is not a register, if AArch32 has no such register.
    static int registerNumber(int n) {
        return switch (n) {
            case STACK -> UnicornConstants.UC_ARM_REG_SP;
            case LINK -> UnicornConstants.UC_ARM_REG_LR;
            // Number 0 is not a register: the library ignores it, as AArch32 ignores x15 to x30.
            default -> n < STACK ? UnicornConstants.UC_ARM_REG_R0 + n : 0;
        };
    }

    @Override
    public ExecutionState state(long pstate) {
        return (pstate & THUMB) == 0 ? ExecutionState.A32 : ExecutionState.T32;
    }

    @Override
    public int exceptionLevel(long pstate) {
        long mode = pstate & MODE;
        if (mode == USER) {
            return 0;
        }
        return mode == MONITOR ? 3 : mode == HYP ? 2 : 1;
    }

    @Override
    public long startAddress(long pc, long pstate) {
        return (pstate & THUMB) == 0 ? pc : pc | 1;
    }

    @Override
    public void setPc(long[] registers, long address) {
        registers[GeneralRegisters.PC] = address & 0xffff_fffeL;
        registers[GeneralRegisters.PSTATE] = (registers[GeneralRegisters.PSTATE] & ~THUMB) | ((address & 1) * THUMB);
    }

    @Override
    public void normalise(long[] registers) {
        for (int n = 0; n <= LINK; n++) {
            registers[n] &= 0xffff_ffffL;
        }
        // A return can write x0 to x30: those that AArch32 does not have stay zero.
        Arrays.fill(registers, LINK + 1, GeneralRegisters.SP, 0);
        registers[GeneralRegisters.SP] = registers[STACK];
    }

    @Override
    public StateDigest stateDigest(Unicorn engine) {
        int[] ids = new int[DOUBLES + 3];
        for (int k = 0; k < DOUBLES; k++) {
            ids[k] = UnicornConstants.UC_ARM_REG_D0 + k;
        }
        ids[DOUBLES] = UnicornConstants.UC_ARM_REG_FPSCR;
        ids[DOUBLES + 1] = UnicornConstants.UC_ARM_REG_FPEXC;
        ids[DOUBLES + 2] = UnicornConstants.UC_ARM_REG_SPSR;
        RegisterBatch batch = engine.registers(ids);
        return (digest, general) -> {
            batch.read();
            long folded = digest;
            for (int k = 0; k < ids.length; k++) {
                folded = Digest64.fold(folded, batch.get(k, 0));
            }
            return folded;
        };
    }

    @Override
    public long monitorControl(Unicorn engine) {
        return engine.readCoprocessor(9, 0, 12, 0);
    }

    @Override
    public CpuStateLayout layout(Layouts layouts) {
        return layouts.stateA32();
    }
}

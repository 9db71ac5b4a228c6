package dev.trapline.unicorn.a64;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.CpuStateLayout;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.layout.NonSecureState;
import dev.trapline.unicorn.slice.Architecture;

/// A CPU whose EL1 is AArch64. It starts at EL1h in non-secure state, with the settings that a hypervisor and a secure
/// monitor would have made before.
public record Aarch64() implements Architecture {

    /// EL1PCTEN, EL1PCEN: EL1 may use the physical counter and timer.
    private static final long CNTHCTL = 3;

    private static final int NUMBERED = 31;

    @Override
    public Width width() {
        return Width.AARCH64;
    }

    @Override
    public int arch() {
        return UnicornConstants.UC_ARCH_ARM64;
    }

    @Override
    public int model(EngineSpec spec) {
        return switch (spec.model()) {
            case CORTEX_A53 -> UnicornConstants.UC_CPU_ARM64_A53;
            case CORTEX_A57 -> UnicornConstants.UC_CPU_ARM64_A57;
            case CORTEX_A72 -> UnicornConstants.UC_CPU_ARM64_A72;
        };
    }

    private static long midr(EngineSpec spec) {
        return switch (spec.model()) {
            case CORTEX_A53 -> 0x410f_d034L;
            case CORTEX_A57 -> 0x411f_d070L;
            case CORTEX_A72 -> 0x410f_d083L;
        };
    }

    @Override
    public void warmUp(Unicorn engine) {
        // Nothing to prepare.
    }

    @Override
    public void setUp(Unicorn engine, EngineSpec spec) {
        NonSecureState.enter(engine);
        engine.writeSystem(SystemRegister.VMPIDR_EL2, spec.mpidr().value());
        engine.writeSystem(SystemRegister.VPIDR_EL2, midr(spec));
        engine.writeSystem(SystemRegister.CNTHCTL_EL2, CNTHCTL);
    }

    @Override
    public RegisterBatch generalRegisters(Unicorn engine) {
        int[] ids = new int[GeneralRegisters.COUNT];
        for (int n = 0; n < NUMBERED; n++) {
            ids[n] = UnicornConstants.x(n);
        }
        ids[GeneralRegisters.SP] = UnicornConstants.UC_ARM64_REG_SP;
        ids[GeneralRegisters.PC] = UnicornConstants.UC_ARM64_REG_PC;
        ids[GeneralRegisters.PSTATE] = UnicornConstants.UC_ARM64_REG_PSTATE;
        return engine.registers(ids);
    }

    @Override
    public int numbered() {
        return NUMBERED;
    }

    @Override
    public ExecutionState state(long pstate) {
        if ((pstate & (1 << 4)) == 0) {
            return ExecutionState.A64;
        }
        return (pstate & (1 << 5)) == 0 ? ExecutionState.A32 : ExecutionState.T32;
    }

    @Override
    public int exceptionLevel(long pstate) {
        return (pstate & (1 << 4)) == 0 ? ((int) pstate >> 2) & 3 : 0;
    }

    @Override
    public long startAddress(long pc, long pstate) {
        return pc;
    }

    @Override
    public void setPc(long[] registers, long address) {
        registers[GeneralRegisters.PC] = address;
    }

    @Override
    public void normalise(long[] registers) {
        // No register is stored twice.
    }

    @Override
    public StateDigest stateDigest(Unicorn engine) {
        return new Aarch64Digest(engine);
    }

    @Override
    public long monitorControl(Unicorn engine) {
        return engine.readSystem(TimeRegisters.PMCR_EL0);
    }

    @Override
    public CpuStateLayout layout(Layouts layouts) {
        return layouts.stateA64();
    }
}

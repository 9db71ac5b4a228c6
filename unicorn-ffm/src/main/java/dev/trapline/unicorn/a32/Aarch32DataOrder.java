package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.slice.DataOrderControl;

/// The byte order of an AArch32 CPU.
///
/// @param control SCTLR
public record Aarch32DataOrder(RegisterBatch control, RegisterBatch cpsr) implements DataOrderControl {
    private static final long CPSR_E = 1L << 9;

    public static Aarch32DataOrder of(Unicorn engine) {
        return new Aarch32DataOrder(engine.coprocessor(1, 0, 0, 0), engine.registers(UnicornConstants.UC_ARM_REG_CPSR));
    }

    @Override
    public boolean isBigOnException() {
        control.read();
        return (Unicorn.coprocessorValue(control) & EXCEPTION_ENDIAN) != 0;
    }

    @Override
    public void write(DataOrder order, long[] registers) {
        control.read();
        long value = Unicorn.coprocessorValue(control) & ~EXCEPTION_ENDIAN;
        Unicorn.setCoprocessorValue(control, value | (order.isBigOnException() ? EXCEPTION_ENDIAN : 0));
        control.write(1);
        long pstate = (registers[GeneralRegisters.PSTATE] & ~CPSR_E) | (order.isBigNow() ? CPSR_E : 0);
        cpsr.set(0, 0, pstate);
        cpsr.write(1);
        registers[GeneralRegisters.PSTATE] = pstate;
    }
}

package dev.trapline.unicorn.a64;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.slice.DataOrderControl;
import dev.trapline.unicorn.slice.EngineHooks;

/// The byte order of an AArch64 CPU. Reading it needs no call of the library, because the guest's writes of SCTLR_EL1
/// are hooked anyway.
public record Aarch64DataOrder(Unicorn engine, EngineHooks hooks, ExceptionSwitch exceptions)
        implements DataOrderControl {
    @Override
    public boolean isBigOnException() {
        return hooks.isBigEndian();
    }

    @Override
    public void write(DataOrder order, long[] registers) {
        long control = engine.readSystem(SystemRegister.SCTLR_EL1) & ~EXCEPTION_ENDIAN;
        long big = order.isBigOnException() ? EXCEPTION_ENDIAN : 0;
        engine.writeSystem(SystemRegister.SCTLR_EL1, control | big);
        hooks.setBigEndian(order.isBigOnException());
        exceptions.renewFlags(registers[GeneralRegisters.PSTATE]);
    }
}

package dev.trapline.unicorn;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;

/// Reads and writes the byte order of a CPU's data accesses: SCTLR_EL1.EE; on AArch32, CPSR.E and SCTLR.EE.
sealed interface DataOrderControl {

    /// SCTLR_EL1.EE and SCTLR.EE: the same bit in both.
    long EXCEPTION_ENDIAN = 1L << 25;

    /// SCTLR_EL1.EE; on AArch32, SCTLR.EE.
    boolean isBigOnException();

    /// Writes the order.
    ///
    /// @param registers the general registers, in the order of [GeneralRegisters]; PSTATE may change
    void write(DataOrder order, long[] registers);

    /// AArch64. Reading it needs no call of the library, because the guest's writes of SCTLR_EL1 are hooked anyway.
    record A64(Unicorn engine, EngineHooks hooks, ExceptionSwitch exceptions) implements DataOrderControl {
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

    /// AArch32.
    ///
    /// @param control SCTLR
    record A32(RegisterBatch control, RegisterBatch cpsr) implements DataOrderControl {
        private static final long CPSR_E = 1L << 9;

        static A32 of(Unicorn engine) {
            return new A32(engine.coprocessor(1, 0, 0, 0), engine.registers(UnicornConstants.UC_ARM_REG_CPSR));
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
}

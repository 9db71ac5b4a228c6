package dev.trapline.unicorn;

import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.SystemRegister;
import org.jspecify.annotations.Nullable;

/// The exceptions of an AArch64 CPU, and its accesses to the system registers of an interrupt controller.
///
/// @param registers the general registers, at the end of the last part
record Aarch64Exceptions(
        UnicornEngine cpu,
        Unicorn engine,
        ExceptionSwitch exceptions,
        InterruptInputs inputs,
        EngineHooks hooks,
        Syndromes syndromes,
        long[] registers)
        implements CpuExceptions {

    @Override
    public void interrupt(ExceptionEntry.Interrupt which) {
        exceptions.take(registers, which);
    }

    @Override
    public boolean take(GuestFault fault) {
        long pstate = registers[GeneralRegisters.PSTATE];
        long address = syndromes.faultAddress(fault, registers);
        ExceptionEntry.Synchronous entry = new ExceptionEntry.Synchronous(
                Syndromes.of(fault, pstate),
                address == Syndromes.NO_ADDRESS ? engine.readSystem(SystemRegister.FAR_EL1) : address);
        if (!cpu.isFetchable(exceptions.vector(pstate, entry))) {
            return false;
        }
        exceptions.take(registers, entry);
        return true;
    }

    /// Whether the instruction is an access to a system register of the interrupt controller. At EL0, it is
    /// undefined.
    @Override
    public boolean performs(GuestFault fault) {
        return fault.kind() == GuestFault.Kind.UNDEFINED_INSTRUCTION
                && inputs.controller().isAt()
                && !Syndromes.isFromEl0(registers[GeneralRegisters.PSTATE]);
    }

    @Override
    public @Nullable Exit perform() {
        ControllerAccess controller = inputs.controller();
        if (controller.perform()) {
            hooks.answer(controller.target(), controller.value());
            registers[controller.target()] = controller.value();
        }
        registers[GeneralRegisters.PC] += Instructions.WIDTH;
        return null;
    }
}

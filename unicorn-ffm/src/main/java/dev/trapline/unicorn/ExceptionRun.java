package dev.trapline.unicorn;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.SystemRegister;
import java.util.List;

/// Runs the slices of a wired CPU, which takes its exceptions and interrupts itself.
///
/// A slice is run in parts, which a guest cannot notice. A part ends at an exception, at a timer's deadline, and where
/// an interrupt input may have risen. While an interrupt is pending but masked, a part also ends after each block of
/// code that may unmask it: the instructions that can do so end a block.
final class ExceptionRun {

    private static final List<CpuTimer> TIMERS = List.of(CpuTimer.values());

    private final UnicornEngine cpu;
    private final Unicorn engine;
    private final ExceptionSwitch exceptions;
    private final InterruptInputs inputs;
    private final EngineHooks hooks;
    private final BusErrors bus;
    private final Syndromes syndromes;
    /// The general registers, at the end of the last part.
    private final long[] registers;

    private long executed;

    ExceptionRun(
            UnicornEngine cpu,
            Unicorn engine,
            ExceptionSwitch exceptions,
            InterruptInputs inputs,
            EngineHooks hooks,
            BusErrors bus,
            Syndromes syndromes,
            long[] registers) {
        this.cpu = cpu;
        this.engine = engine;
        this.exceptions = exceptions;
        this.inputs = inputs;
        this.hooks = hooks;
        this.bus = bus;
        this.syndromes = syndromes;
        this.registers = registers;
    }

    /// Runs a slice.
    Exit run(long budget, long now, long shown) {
        executed = 0;
        long highest = shown;
        while (executed < budget) {
            long time = now + executed;
            long untilDeadline = driveTimers(time);
            takeInterrupt();
            long part = Math.min(budget - executed, untilDeadline);
            boolean masked = inputs.irq() || inputs.fiq();
            if (bus.endedBeforeAccess() || (masked && !cpu.seesUnmasking())) {
                part = 1;
            }
            Exit exit = cpu.runPart(part, time, highest, masked);
            executed += cpu.executed();
            highest = cpu.shown();
            if (exit instanceof GuestFault fault) {
                if (isOfNextPart(fault, part)) {
                    continue;
                }
                if (isAccess(fault)) {
                    access();
                } else if (!take(fault)) {
                    return fault;
                }
            } else if (!(exit instanceof Exit.BudgetUsed)) {
                return exit;
            }
        }
        return Exit.BudgetUsed.INSTANCE;
    }

    /// How many instructions the last slice completed.
    long executed() {
        return executed;
    }

    /// Drives the timers' outputs.
    ///
    /// @return the time until the next one rises
    private long driveTimers(long time) {
        long until = Long.MAX_VALUE;
        for (CpuTimer timer : TIMERS) {
            long deadline = hooks.time().deadline(timer);
            inputs.timer(timer, deadline <= time);
            if (deadline > time) {
                until = Math.min(until, deadline - time);
            }
        }
        return until;
    }

    private void takeInterrupt() {
        long pstate = registers[GeneralRegisters.PSTATE];
        if (inputs.fiq() && !InterruptInputs.masksFiq(pstate)) {
            exceptions.take(registers, ExceptionEntry.Interrupt.FIQ);
        } else if (inputs.irq() && !InterruptInputs.masksIrq(pstate)) {
            exceptions.take(registers, ExceptionEntry.Interrupt.IRQ);
        }
    }

    /// After its last instruction, the library may try to fetch the next one, and fail. That instruction belongs to
    /// the next part: an interrupt may be taken before it.
    private boolean isOfNextPart(GuestFault fault, long part) {
        return cpu.executed() == part && fault.kind() != GuestFault.Kind.SUPERVISOR_CALL;
    }

    /// Whether the instruction is an access to a system register of the interrupt controller. At EL0, it is
    /// undefined.
    private boolean isAccess(GuestFault fault) {
        return fault.kind() == GuestFault.Kind.UNDEFINED_INSTRUCTION
                && inputs.controller().isAt()
                && !Syndromes.isFromEl0(registers[GeneralRegisters.PSTATE]);
    }

    /// Executes that instruction.
    private void access() {
        ControllerAccess controller = inputs.controller();
        if (controller.perform()) {
            hooks.answer(controller.target(), controller.value());
            registers[controller.target()] = controller.value();
        }
        registers[GeneralRegisters.PC] += Instructions.WIDTH;
        executed++;
    }

    /// Takes a synchronous exception.
    ///
    /// @return false if the code of its vector cannot be fetched
    private boolean take(GuestFault fault) {
        long pstate = registers[GeneralRegisters.PSTATE];
        long address = syndromes.faultAddress(fault, registers);
        ExceptionEntry.Synchronous entry = new ExceptionEntry.Synchronous(
                syndromes.of(fault, registers),
                address == Syndromes.NO_ADDRESS ? engine.readSystem(SystemRegister.FAR_EL1) : address);
        if (!cpu.isFetchable(exceptions.vector(pstate, entry))) {
            return false;
        }
        exceptions.take(registers, entry);
        // SVC has been completed. Any other instruction counts, although it was not: without that, an instruction that
        // fails in its own vector would be executed for ever.
        executed += fault.kind() == GuestFault.Kind.SUPERVISOR_CALL ? 0 : 1;
        return true;
    }
}

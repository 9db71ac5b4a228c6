package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import java.util.List;

/// Runs the slices of a wired CPU, which takes its exceptions and interrupts itself.
///
/// A slice is run in parts, which a guest cannot notice. A part ends at an exception, at a timer's deadline, and where
/// an interrupt input may have risen. The slice ends at an interrupt that firmware takes. While an interrupt is pending
/// but masked, a part also ends after each block of code that may unmask it: the instructions that can do so end a
/// block.
public final class ExceptionRun {

    private static final List<CpuTimer> TIMERS = List.of(CpuTimer.values());

    private final SliceParts cpu;
    private final CpuExceptions exceptions;
    private final InterruptInputs inputs;
    private final EngineHooks hooks;
    private final BusErrors bus;
    /// The general registers, at the end of the last part.
    private final long[] registers;

    private long executed;

    public ExceptionRun(
            SliceParts cpu,
            CpuExceptions exceptions,
            InterruptInputs inputs,
            EngineHooks hooks,
            BusErrors bus,
            long[] registers) {
        this.cpu = cpu;
        this.exceptions = exceptions;
        this.inputs = inputs;
        this.hooks = hooks;
        this.bus = bus;
        this.registers = registers;
        hooks.wire(inputs);
    }

    /// Runs a slice.
    public Exit run(long budget, long now, long shown) {
        executed = 0;
        exceptions.beginSlice();
        // An instruction that is performed between two parts may read the clock.
        for (long highest = shown; executed < budget; highest = cpu.shown()) {
            long time = now + executed;
            long untilDeadline = driveTimers(time);
            if (inputs.firmware()) {
                return Exit.FirmwareInterrupt.INSTANCE;
            }
            takeInterrupt();
            long part = Math.min(budget - executed, untilDeadline);
            boolean masked = inputs.irq() || inputs.fiq() || inputs.serror();
            if (bus.endedBeforeAccess() || (masked && !exceptions.seesUnmasking())) {
                part = 1;
            }
            Exit exit = exceptions.run(part, time, highest, masked);
            executed += exceptions.executed();
            if (exit instanceof GuestFault fault) {
                if (isOfNextPart(fault, part)) {
                    continue;
                }
                if (exceptions.performs(fault)) {
                    executed++;
                    Exit end = exceptions.perform();
                    if (end != null) {
                        return end;
                    }
                } else if (!exceptions.take(fault)) {
                    return fault;
                } else {
                    // SVC has been completed. Any other instruction counts, although it was not: without that, an
                    // instruction that fails in its own vector would be executed for ever.
                    executed += fault.kind() == GuestFault.Kind.SUPERVISOR_CALL ? 0 : 1;
                }
            } else if (!(exit instanceof Exit.BudgetUsed)) {
                return exit;
            }
        }
        return Exit.BudgetUsed.INSTANCE;
    }

    /// Frees what it has opened.
    public void close() {
        exceptions.close();
    }

    /// How many instructions the last slice completed.
    public long executed() {
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
        if (inputs.serror() && !InterruptInputs.masksSError(pstate)) {
            exceptions.serror(inputs.takeSError());
        } else if (inputs.fiq() && !InterruptInputs.masksFiq(pstate)) {
            exceptions.interrupt(ExceptionEntry.Interrupt.FIQ);
        } else if (inputs.irq() && !InterruptInputs.masksIrq(pstate)) {
            exceptions.interrupt(ExceptionEntry.Interrupt.IRQ);
        }
    }

    /// After its last instruction, the library may try to fetch the next one, and fail. That instruction belongs to
    /// the next part: an interrupt may be taken before it.
    private boolean isOfNextPart(GuestFault fault, long part) {
        return exceptions.executed() == part && fault.kind() != GuestFault.Kind.SUPERVISOR_CALL;
    }
}

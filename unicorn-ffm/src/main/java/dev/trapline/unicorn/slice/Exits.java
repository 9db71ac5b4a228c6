package dev.trapline.unicorn.slice;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.translation.Translations;

/// Finds out how a slice ended, from the state of the hooks and the library.
public final class Exits {

    private final Architecture architecture;
    private final EngineHooks hooks;
    private final BusErrors bus;
    private final Faults faults;
    private final Translations translations;
    private final Instructions instructions;
    private final DataOrderControl dataOrder;
    private final RegisterBatch general;
    private final Progress progress;

    /// The registers at the last hypercall.
    private GeneralRegisters atCall = GeneralRegisters.copyOf(new long[GeneralRegisters.COUNT]);

    public Exits(
            Architecture architecture,
            EngineHooks hooks,
            BusErrors bus,
            Faults faults,
            Translations translations,
            Instructions instructions,
            DataOrderControl dataOrder,
            RegisterBatch general,
            Progress progress) {
        this.architecture = architecture;
        this.hooks = hooks;
        this.bus = bus;
        this.faults = faults;
        this.translations = translations;
        this.instructions = instructions;
        this.dataOrder = dataOrder;
        this.general = general;
        this.progress = progress;
    }

    /// What ended a slice.
    ///
    /// @param code the library's error number
    /// @param registers their values at the end of the slice; corrected where the guest must not see how it was
    ///     stopped
    public Exit exit(int code, long[] registers) {
        Exit.Maintenance maintenance = hooks.maintenance();
        if (maintenance != null) {
            if (!isRefused(code)) {
                // IC IVAU names a virtual address of the CPU that executed it; the others need the physical one.
                return translations.physical(maintenance);
            }
            progress.endAt();
        }
        GuestFault fault = bus.fault();
        if (fault != null) {
            if (bus.undo(registers)) {
                general.writeFrom(registers, architecture.numbered());
            }
            return fault;
        }
        if (bus.endedBeforeAccess()) {
            bus.undo(registers);
            general.writeFrom(registers, architecture.numbered());
            return Exit.BudgetUsed.INSTANCE;
        }
        int interrupt = hooks.interrupt();
        if (interrupt == UnicornConstants.EXCP_HVC) {
            return hypercall(Conduit.HVC, registers);
        }
        if (interrupt == UnicornConstants.EXCP_SMC) {
            return hypercall(Conduit.SMC, registers);
        }
        if (interrupt != EngineHooks.NO_INTERRUPT) {
            return exception(interrupt, registers);
        }
        if (code != UnicornConstants.UC_ERR_OK) {
            return error(code, registers);
        }
        return Exit.BudgetUsed.INSTANCE;
    }

    /// Whether the maintenance operation is refused: it does not exist, or EL0 may not execute it. The library
    /// reports an operation before it checks that.
    ///
    /// Any other error belongs to the code after the operation, which the library examines before the slice ends.
    /// Then the operation is done, and the next slice executes the rest.
    private boolean isRefused(int code) {
        int interrupt = hooks.interrupt();
        return code == UnicornConstants.UC_ERR_INSN_INVALID
                || (interrupt == UnicornConstants.EXCP_UDEF && !isStep(interrupt));
    }

    /// Whether an exception is a Software Step exception, which comes after a completed instruction. The library
    /// gives it the number of an undefined instruction.
    private boolean isStep(int interrupt) {
        return interrupt == UnicornConstants.EXCP_UDEF && architecture.width() == Width.AARCH64 && faults.isStep();
    }

    private Exit hypercall(Conduit conduit, long[] registers) {
        long pstate = registers[GeneralRegisters.PSTATE];
        ExecutionState state = architecture.state(pstate);
        int immediate = switch (state) {
            case A64 -> immediateA64(conduit, registers);
            case A32, T32 -> immediateAarch32(conduit, registers);
        };
        atCall = GeneralRegisters.copyOf(registers, atCall);
        return new HypercallExit(
                conduit,
                immediate,
                state,
                architecture.exceptionLevel(pstate),
                Instructions.WIDTH,
                true,
                dataOrder.isBigOnException(),
                atCall);
    }

    private int immediateA64(Conduit conduit, long[] registers) {
        if (!hooks.mmuSeen()) {
            int word = instructions.at(registers[GeneralRegisters.PC] - Instructions.WIDTH);
            if (Instructions.isHypercall(word, conduit)) {
                return Instructions.immediateA64(word);
            }
        }
        return faults.syndrome() & 0xffff;
    }

    private int immediateAarch32(Conduit conduit, long[] registers) {
        return switch (conduit) {
            case HVC -> faults.syndrome() & 0xffff;
            // The syndrome of an AArch32 SMC does not hold its immediate.
            case SMC ->
                Instructions.immediateAarch32Smc(instructions.at(registers[GeneralRegisters.PC] - Instructions.WIDTH));
        };
    }

    private Exit exception(int interrupt, long[] registers) {
        if (interrupt == UnicornConstants.EXCP_UDEF && faults.isWaitForInterrupt(registers)) {
            return waitForInterrupt(registers);
        }
        if (isStep(interrupt)) {
            progress.endBefore();
        }
        return faults.exception(interrupt);
    }

    private Exit waitForInterrupt(long[] registers) {
        registers[GeneralRegisters.PC] += faults.instructionWidth();
        if (architecture.width() == Width.AARCH32) {
            faults.forget();
        }
        progress.endBehind();
        return Exit.WaitForInterrupt.INSTANCE;
    }

    private Exit error(int code, long[] registers) {
        if (code == UnicornConstants.UC_ERR_INSN_INVALID) {
            progress.end(Progress.End.AT);
            return exception(UnicornConstants.EXCP_UDEF, registers);
        }
        throw new EngineException("running guest code at PC 0x" + Long.toHexString(registers[GeneralRegisters.PC])
                + ": " + UnicornError.describe(code));
    }
}

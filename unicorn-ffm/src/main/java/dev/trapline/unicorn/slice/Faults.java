package dev.trapline.unicorn.slice;

import static dev.trapline.abi.exit.GuestFault.Kind.BREAKPOINT;
import static dev.trapline.abi.exit.GuestFault.Kind.DATA_ABORT;
import static dev.trapline.abi.exit.GuestFault.Kind.OTHER_EXCEPTION;
import static dev.trapline.abi.exit.GuestFault.Kind.PREFETCH_ABORT;
import static dev.trapline.abi.exit.GuestFault.Kind.SUPERVISOR_CALL;
import static dev.trapline.abi.exit.GuestFault.Kind.UNDEFINED_INSTRUCTION;

import dev.trapline.abi.Width;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.CpuStateLayout;
import java.lang.foreign.MemorySegment;

/// Reads the last exception of a CPU: its kind, address and syndrome.
public final class Faults {

    /// Exception class of a trapped WFI or WFE (DDI0487 ESR_ELx).
    private static final int EC_WFX = 1;

    /// Exception classes of a Software Step exception, from a lower exception level and from the same level.
    private static final int EC_STEP_FROM_BELOW = 0x32;

    private static final int EC_STEP = 0x33;

    private static final int IL = 1 << 25;
    /// SCTLR_EL1.nTWI: EL0 may execute WFI.
    private static final long NOT_TRAP_WFI = 1 << 16;

    private final Unicorn engine;
    private final Architecture architecture;
    private final CpuStateLayout layout;

    public Faults(Unicorn engine, Architecture architecture, CpuStateLayout layout) {
        this.engine = engine;
        this.architecture = architecture;
        this.layout = layout;
    }

    /// The last exception's syndrome.
    int syndrome() {
        return layout.syndrome(engine.saveContext());
    }

    /// What DFSR or IFSR of AArch32 gets for the last exception.
    public long status() {
        return layout.faultStatus(engine.saveContext());
    }

    /// Whether the last exception was a trapped WFI.
    public boolean isTrappedWait() {
        return syndrome() >>> 26 == EC_WFX;
    }

    /// Whether the undefined instruction is a WFI that the engine traps, not one that EL1 forbids at EL0.
    boolean isWaitForInterrupt(long[] registers) {
        if (!isTrappedWait()) {
            return false;
        }
        return architecture.width() == Width.AARCH32
                || architecture.exceptionLevel(registers[GeneralRegisters.PSTATE]) > 0
                || (engine.readSystem(SystemRegister.SCTLR_EL1) & NOT_TRAP_WFI) != 0;
    }

    /// Whether the last exception was an undefined instruction: exception class 0, and IL, which is always set for
    /// that class.
    public boolean isUndefined() {
        return syndrome() == IL;
    }

    /// Whether the last exception was a Software Step exception, which is taken after a completed instruction.
    boolean isStep() {
        int exceptionClass = syndrome() >>> 26;
        return exceptionClass == EC_STEP || exceptionClass == EC_STEP_FROM_BELOW;
    }

    /// Forgets the last exception. The library stops after an AArch32 hint in the same way as at a WFI, and only
    /// the syndrome distinguishes the two.
    void forget() {
        layout.clearSyndrome(engine.saveContext());
        engine.restoreContext();
    }

    /// Forgets an undefined instruction: see [#forget].
    public void forgetUndefined(GuestFault fault) {
        if (fault.kind() == UNDEFINED_INSTRUCTION && fault.detail() == IL) {
            forget();
        }
    }

    /// The length in bytes of the instruction that caused the syndrome.
    public int instructionWidth() {
        return (syndrome() & IL) != 0 ? 4 : 2;
    }

    /// The fault for an exception.
    ///
    /// @param interrupt one of the `EXCP_` numbers
    public GuestFault exception(int interrupt) {
        MemorySegment context = engine.saveContext();
        GuestFault.Kind kind = switch (interrupt) {
            case UnicornConstants.EXCP_UDEF -> UNDEFINED_INSTRUCTION;
            case UnicornConstants.EXCP_SWI -> SUPERVISOR_CALL;
            case UnicornConstants.EXCP_BKPT -> BREAKPOINT;
            case UnicornConstants.EXCP_PREFETCH_ABORT -> PREFETCH_ABORT;
            case UnicornConstants.EXCP_DATA_ABORT -> DATA_ABORT;
            default -> OTHER_EXCEPTION;
        };
        long address = kind.hasAddress() ? layout.faultAddress(context) : 0;
        return new GuestFault(kind, address, Integer.toUnsignedLong(layout.syndrome(context)));
    }
}

package dev.trapline.board.cpu;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import org.jspecify.annotations.Nullable;

/// The system registers that depend on time: counters, timers, cycle counter. They use virtual time instead of the
/// host's clock.
///
/// The engine does not see the guest's writes of EL0 permissions (CNTKCTL_EL1, PMUSERENR_EL0): its own copies stay
/// zero. So accesses from EL0 that are not answered here trap, including accesses of AArch32 code, which no hook sees.
/// Of the performance monitors, EL0 can only be given access to the cycle counter.
public final class TimeRegisters implements Snapshot {

    private static final int CNTKCTL_EL1 = SystemRegister.CNTKCTL_EL1;
    private static final int CNTFRQ_EL0 = SystemRegister.of(3, 3, 14, 0, 0);
    private static final int CNTPCT_EL0 = SystemRegister.of(3, 3, 14, 0, 1);
    private static final int CNTVCT_EL0 = SystemRegister.of(3, 3, 14, 0, 2);
    /// CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0 and those of the virtual timer: op0 3, op1 3, CRn 14, op2 0 to 2.
    private static final int CRM_PHYSICAL = 2;

    private static final int CRM_VIRTUAL = 3;
    public static final int PMCR_EL0 = SystemRegister.of(3, 3, 9, 12, 0);
    private static final int PMCNTENSET_EL0 = SystemRegister.of(3, 3, 9, 12, 1);
    private static final int PMCNTENCLR_EL0 = SystemRegister.of(3, 3, 9, 12, 2);
    private static final int PMCEID0_EL0 = SystemRegister.of(3, 3, 9, 12, 6);
    private static final int PMCEID1_EL0 = SystemRegister.of(3, 3, 9, 12, 7);
    private static final int PMCCNTR_EL0 = SystemRegister.of(3, 3, 9, 13, 0);
    private static final int PMUSERENR_EL0 = SystemRegister.of(3, 3, 9, 14, 0);
    /// The writable bits of PMCR_EL0 except E: LC, DP, X, D.
    private static final long PMCR_KEPT = 0x78;

    /// The bits of PMCR_EL0 that do not identify the CPU.
    private static final long PMCR_LOW = 0x7f;

    private final VirtualClock clock;
    private final GenericTimers timers = new GenericTimers();
    private final CycleCounter cycles = new CycleCounter();
    private final long monitorIdentity;
    private long monitorControl;
    private long value;

    /// Creates the registers of a CPU at its reset.
    ///
    /// @param monitorControl the CPU model's reset value of PMCR_EL0
    public TimeRegisters(VirtualClock clock, long monitorControl) {
        this.clock = clock;
        this.monitorIdentity = monitorControl & ~PMCR_LOW;
        this.monitorControl = monitorControl & PMCR_KEPT;
    }

    /// Whether a register may be one of these: a fast first test. They have CRn 9 and 14, op0 3, op1 0 and 3.
    public static boolean concerns(int register) {
        int crn = SystemRegister.crn(register);
        return (crn == 14 || crn == 9) && SystemRegister.op0(register) == 3;
    }

    /// Answers a read.
    ///
    /// @param privileged whether it was executed at EL1 or above
    /// @return whether it is answered, with its result in [#value]; if not, the library executes it, and may trap
    public boolean read(int register, boolean privileged) {
        if (register == CNTKCTL_EL1) {
            value = timers.kernelControl();
            return privileged;
        }
        if (register == CNTFRQ_EL0) {
            value = MachineSpec.TICKS_PER_SECOND;
            return privileged || timers.frequencyOpenToEl0();
        }
        if (register == CNTPCT_EL0) {
            return readCounter(CpuTimer.PHYSICAL, privileged);
        }
        if (register == CNTVCT_EL0) {
            return readCounter(CpuTimer.VIRTUAL, privileged);
        }
        return SystemRegister.crn(register) == 14 ? readTimer(register, privileged) : readMonitor(register, privileged);
    }

    private boolean readCounter(CpuTimer timer, boolean privileged) {
        if (!privileged && !timers.counterOpenToEl0(timer)) {
            return false;
        }
        value = clock.read();
        return true;
    }

    private boolean readTimer(int register, boolean privileged) {
        CpuTimer timer = timerOf(register);
        if (timer == null || !(privileged || timers.timerOpenToEl0(timer))) {
            return false;
        }
        value = switch (SystemRegister.op2(register)) {
            case 0 -> timers.timerValue(timer, clock.read());
            case 1 -> timers.control(timer, clock.read());
            default -> timers.compareValue(timer);
        };
        return true;
    }

    private boolean readMonitor(int register, boolean privileged) {
        if (register == PMCCNTR_EL0 && (privileged || cycles.readableByEl0())) {
            value = cycles.read(clock.read());
            return true;
        }
        if (register == PMUSERENR_EL0) {
            value = cycles.userEnable();
            return true;
        }
        if (!privileged) {
            return false;
        }
        if (register == PMCEID0_EL0 || register == PMCEID1_EL0) {
            value = 0;
            return true;
        }
        if (register == PMCR_EL0) {
            value = monitorIdentity | monitorControl | (cycles.enabled() ? 1 : 0);
            return true;
        }
        return false;
    }

    /// The result of the last read that was answered.
    public long value() {
        return value;
    }

    /// Answers a write.
    ///
    /// @return whether it is answered; if not, the library executes it
    public boolean write(int register, long written, boolean privileged) {
        if (register == CNTKCTL_EL1) {
            timers.writeKernelControl(privileged ? written : timers.kernelControl());
            return privileged;
        }
        return SystemRegister.crn(register) == 14
                ? writeTimer(register, written, privileged)
                : writeMonitor(register, written, privileged);
    }

    private boolean writeTimer(int register, long written, boolean privileged) {
        CpuTimer timer = timerOf(register);
        if (timer == null || !(privileged || timers.timerOpenToEl0(timer))) {
            return false;
        }
        switch (SystemRegister.op2(register)) {
            case 0 -> timers.writeTimerValue(timer, written, clock.peek());
            case 1 -> timers.writeControl(timer, written);
            default -> timers.writeCompareValue(timer, written);
        }
        return true;
    }

    private boolean writeMonitor(int register, long written, boolean privileged) {
        if (register == PMCCNTR_EL0 && (privileged || cycles.writableByEl0())) {
            cycles.write(written, clock.peek());
            return true;
        }
        if (!privileged) {
            return false;
        }
        if (register == PMCR_EL0) {
            cycles.writeControl(written, clock.peek());
            // The library does not see this write. Its own E bit stays clear, so that it never counts the host's time.
            monitorControl = written & PMCR_KEPT;
            return true;
        }
        if (register == PMUSERENR_EL0) {
            cycles.writeUserEnable(written);
            return true;
        }
        if (register == PMCNTENSET_EL0 || register == PMCNTENCLR_EL0) {
            cycles.writeEnable(written, register == PMCNTENSET_EL0, clock.peek());
        }
        return false;
    }

    /// The time at which a timer asserts its interrupt: see [Engine#deadline].
    public long deadline(CpuTimer timer) {
        return timers.deadline(timer);
    }

    /// See [Engine#readTimers].
    public void readTimers(long[] into) {
        timers.readInto(into);
    }

    /// See [Engine#writeTimers].
    public void writeTimers(long[] from) {
        timers.writeFrom(from);
    }

    /// Whether a register belongs to one of the timers: TVAL, CTL or CVAL.
    public static boolean isTimer(int register) {
        return SystemRegister.op0(register) == 3 && SystemRegister.crn(register) == 14 && timerOf(register) != null;
    }

    /// The timer of a register with CRn 14; null if it has none.
    private static @Nullable CpuTimer timerOf(int register) {
        if (SystemRegister.op1(register) != 3 || SystemRegister.op2(register) > 2) {
            return null;
        }
        return switch (SystemRegister.crm(register)) {
            case CRM_PHYSICAL -> CpuTimer.PHYSICAL;
            case CRM_VIRTUAL -> CpuTimer.VIRTUAL;
            default -> null;
        };
    }

    /// Folds its state into a digest.
    public long foldInto(long digest) {
        return Digest64.fold(cycles.foldInto(timers.foldInto(digest)), monitorControl);
    }

    @Override
    public void save(StateWriter state) {
        timers.save(state);
        cycles.save(state);
        state.put(monitorControl);
    }

    @Override
    public void load(StateReader state) {
        timers.load(state);
        cycles.load(state);
        monitorControl = state.take();
    }
}

package dev.trapline.board.gic;

import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.cpu.SystemRegister;

/// The CPU interface of one vCPU in a GICv3 with one Security state, and its system registers (IHI 0069 §12.2). Group 0
/// is signalled as FIQ, Group 1 as IRQ.
final class SystemInterface implements CpuOutputs, SystemRegisters {

    private static final int ID_AA64PFR0 = SystemRegister.of(3, 0, 0, 4, 0);
    /// ID_AA64PFR0_EL1.GIC: the system registers of a GICv3 exist (DDI0487).
    private static final long GIC = 1L << 24;

    /// ICC_CTLR_EL1.
    private static final int CBPR = 1;

    private static final int EOI_MODE = 1 << 1;
    /// Kept, without an effect: it lets ICC_PMR_EL1 be a hint for the choice of a vCPU.
    private static final int PMHE = 1 << 6;

    private static final int CTLR_BITS = CBPR | EOI_MODE | PMHE;
    /// PRIbits: priorities have 8 bits. IDbits: INTIDs have 16. No SEIS, A3V, RSS and ExtRange.
    private static final int CTLR_FIXED = 7 << 8;

    /// ICC_SRE_EL1: the system registers are always enabled, and there is no bypass.
    private static final int SRE_FIXED = 7;

    private static final int INTID = 0xffff;
    private static final int GROUP_0 = 1;
    private static final int GROUP_1 = 1 << 1;

    private final int cpu;
    private final RoutedInterrupts interrupts;
    private final Signals signals;
    private int ctlr;

    SystemInterface(int cpu, RoutedInterrupts interrupts) {
        this.cpu = cpu;
        this.interrupts = interrupts;
        this.signals = new Signals(cpu, interrupts);
        signals.enable(Signals.BOTH_GROUPS);
    }

    /// The vCPU's reset. Interrupts stay pending and active.
    @Override
    public void reset() {
        signals.reset();
        signals.enable(Signals.BOTH_GROUPS);
        ctlr = 0;
        interrupts.accept(cpu, 0);
    }

    @Override
    public boolean irq() {
        return signals.isSignalled() && signals.group(signals.highest()) == 1;
    }

    @Override
    public boolean fiq() {
        return signals.isSignalled() && signals.group(signals.highest()) == 0;
    }

    /// A Redistributor that is asleep signals no interrupt, but requests that its vCPU gets power (GICR_WAKER).
    @Override
    public boolean requestsPower() {
        return interrupts.requestsPower(cpu);
    }

    @Override
    public boolean wouldWake(int intid) {
        return interrupts.isAsleep(cpu)
                ? requestsPower() || interrupts.isForwarded(cpu, intid, interrupts.forwarded())
                : signals.wouldSignal(intid);
    }

    @Override
    public long features(int register) {
        return register == ID_AA64PFR0 ? GIC : 0;
    }

    @Override
    public boolean canRead(int register) {
        IccRegister found = IccRegister.of(register);
        return found != null && found.canBeRead();
    }

    @Override
    public boolean canWrite(int register) {
        IccRegister found = IccRegister.of(register);
        return found != null && found.canBeWritten();
    }

    @Override
    public long read(int register) {
        return Integer.toUnsignedLong(value(existing(register)));
    }

    private static IccRegister existing(int register) {
        IccRegister found = IccRegister.of(register);
        if (found == null) {
            throw new IllegalArgumentException("a GICv3 has no system register " + SystemRegister.name(register));
        }
        return found;
    }

    private int value(IccRegister register) {
        return switch (register) {
            case PMR -> signals.mask();
            case IAR0 -> acknowledge(0);
            case IAR1 -> acknowledge(1);
            case HPPIR0 -> highestOf(0);
            case HPPIR1 -> highestOf(1);
            case BPR0 -> signals.point(0);
            case BPR1 -> (ctlr & CBPR) == 0 ? signals.point(1) : signals.commonPoint();
            case AP0R0, AP0R1, AP0R2, AP0R3 -> signals.activeRegister(0, number(register));
            case AP1R0, AP1R1, AP1R2, AP1R3 -> signals.activeRegister(1, number(register));
            case RPR -> signals.running();
            case CTLR -> ctlr | CTLR_FIXED;
            case SRE -> SRE_FIXED;
            case IGRPEN0 -> interrupts.accepted(cpu) & 1;
            case IGRPEN1 -> interrupts.accepted(cpu) >> 1;
            case EOIR0, EOIR1, DIR, SGI0R, SGI1R, ASGI1R -> 0;
        };
    }

    /// Which of the registers of active priorities it is.
    private static int number(IccRegister register) {
        return register.encoding() % ActivePriorities.REGISTERS;
    }

    @Override
    public void write(int register, long value) {
        int low = (int) value;
        IccRegister written = existing(register);
        switch (written) {
            case PMR -> signals.setMask(low);
            case BPR0 -> signals.setPoint(0, low);
            case BPR1 -> setPoint1(low);
            case AP0R0, AP0R1, AP0R2, AP0R3 -> signals.setActiveRegister(0, number(written), low);
            case AP1R0, AP1R1, AP1R2, AP1R3 -> signals.setActiveRegister(1, number(written), low);
            case CTLR -> setControl(low & CTLR_BITS);
            case IGRPEN0 -> interrupts.accept(cpu, (interrupts.accepted(cpu) & GROUP_1) | (low & 1));
            case IGRPEN1 -> interrupts.accept(cpu, (interrupts.accepted(cpu) & GROUP_0) | (low & 1) << 1);
            case EOIR0 -> end(low & INTID, 0);
            case EOIR1 -> end(low & INTID, 1);
            case DIR -> deactivate(low & INTID);
            case SGI1R -> interrupts.send(cpu, value, Signals.BOTH_GROUPS);
            // With one Security state, there is no other one whose Group 1 it could send to.
            case SGI0R, ASGI1R -> interrupts.send(cpu, value, GROUP_0);
            case SRE, IAR0, IAR1, HPPIR0, HPPIR1, RPR -> {
                // Fixed, or read-only.
            }
        }
    }

    /// While the binary point is shared, writes are ignored.
    private void setPoint1(int value) {
        if ((ctlr & CBPR) == 0) {
            signals.setPoint(1, value);
        }
    }

    private void setControl(int value) {
        ctlr = value;
        signals.shareThePoint((value & CBPR) != 0);
    }

    /// @return the interrupt, or [Interrupts#SPURIOUS] if none is signalled, or one of the other group
    private int acknowledge(int group) {
        if (!signals.isSignalled()) {
            return Interrupts.SPURIOUS;
        }
        int highest = highestOf(group);
        if (highest != Interrupts.SPURIOUS) {
            signals.acknowledge(highest);
        }
        return highest;
    }

    private int highestOf(int group) {
        int highest = signals.highest();
        return highest != Interrupts.SPURIOUS && signals.group(highest) == group ? highest : Interrupts.SPURIOUS;
    }

    /// End of interrupt: a priority drop, and with ICC_CTLR_EL1.EOImode 0 also a deactivation. Special INTIDs are
    /// ignored. Where the result is UNPREDICTABLE: it is ignored unless the running priority belongs to the
    /// register's group.
    private void end(int intid, int group) {
        if (intid >= Interrupts.COUNT || signals.runningGroup() != group) {
            return;
        }
        signals.drop(group);
        if ((ctlr & EOI_MODE) == 0) {
            interrupts.deactivate(cpu, intid);
        }
    }

    /// ICC_DIR_EL1. With EOImode 0 it is UNPREDICTABLE; here it is ignored.
    private void deactivate(int intid) {
        if (intid < Interrupts.COUNT && (ctlr & EOI_MODE) != 0) {
            interrupts.deactivate(cpu, intid);
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(ctlr, 1);
        signals.save(state);
    }

    @Override
    public void load(StateReader state) {
        setControl((int) state.take(1));
        signals.load(state);
    }
}

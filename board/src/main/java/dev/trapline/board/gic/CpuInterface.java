package dev.trapline.board.gic;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// The CPU interface of one vCPU in a GICv2 (IHI 0048B §4.4), and its registers. They can be accessed as words only.
final class CpuInterface implements CpuOutputs {

    private static final int CTLR = 0x00;
    private static final int PMR = 0x04;
    private static final int BPR = 0x08;
    private static final int IAR = 0x0c;
    private static final int EOIR = 0x10;
    private static final int RPR = 0x14;
    private static final int HPPIR = 0x18;
    private static final int ABPR = 0x1c;
    private static final int AIAR = 0x20;
    private static final int AEOIR = 0x24;
    private static final int AHPPIR = 0x28;
    private static final int APR = 0xd0;
    private static final int NSAPR = 0xe0;
    private static final int NSAPR_END = 0xf0;
    private static final int IIDR = 0xfc;
    private static final int DIR = 0x1000;

    private static final int ACK_CTL = 1 << 2;
    private static final int FIQ_EN = 1 << 3;
    private static final int CBPR = 1 << 4;
    private static final int EOI_MODE = 1 << 9;
    /// Bits 0 to 9. The bypass bits 5 to 8 are kept and have no effect: there is no bypass.
    private static final int CTLR_BITS = 0x3ff;

    /// Architecture version 2, implementer Arm (§4.4.14).
    private static final int IDENTIFICATION = 0x2_043b;

    private static final int INTID = 0x3ff;
    /// The highest pending interrupt is in Group 1, and this register does not return it (§3.2.5).
    private static final int OTHER_GROUP = 1022;

    private final int cpu;
    private final TargetedInterrupts interrupts;
    private final Signals signals;
    private int ctlr;

    CpuInterface(int cpu, TargetedInterrupts interrupts) {
        this.cpu = cpu;
        this.interrupts = interrupts;
        this.signals = new Signals(cpu, interrupts);
    }

    @Override
    public void reset() {
        ctlr = 0;
        signals.reset();
    }

    @Override
    public boolean irq() {
        return signals.isSignalled() && !isFiq();
    }

    @Override
    public boolean fiq() {
        return signals.isSignalled() && isFiq();
    }

    private boolean isFiq() {
        return (ctlr & FIQ_EN) != 0 && signals.group(signals.highest()) == 0;
    }

    /// A GICv2 does not know about power.
    @Override
    public boolean requestsPower() {
        return false;
    }

    @Override
    public boolean wouldWake(int intid) {
        return signals.wouldSignal(intid);
    }

    private void setControl(int value) {
        ctlr = value & CTLR_BITS;
        signals.enable(ctlr);
        signals.shareThePoint((ctlr & CBPR) != 0);
    }

    int read(int offset, int size) {
        if (size != Integer.BYTES) {
            return 0;
        }
        if (offset >= APR && offset < NSAPR_END) {
            return signals.activeRegister(offset < NSAPR ? 0 : 1, offset % 16 / 4);
        }
        return switch (offset) {
            case CTLR -> ctlr;
            case PMR -> signals.mask();
            case BPR -> signals.point(0);
            case IAR -> acknowledge(false);
            case RPR -> signals.running();
            case HPPIR -> highestPending(false);
            case ABPR -> signals.point(1);
            case AIAR -> acknowledge(true);
            case AHPPIR -> highestPending(true);
            case IIDR -> IDENTIFICATION;
            default -> 0;
        };
    }

    void write(int offset, int size, int value) {
        if (size != Integer.BYTES) {
            return;
        }
        if (offset >= APR && offset < NSAPR_END) {
            signals.setActiveRegister(offset < NSAPR ? 0 : 1, offset % 16 / 4, value);
        } else {
            switch (offset) {
                case CTLR -> setControl(value);
                case PMR -> signals.setMask(value);
                case BPR -> signals.setPoint(0, value);
                case ABPR -> signals.setPoint(1, value);
                case EOIR -> end(value & INTID, false);
                case AEOIR -> end(value & INTID, true);
                case DIR -> deactivate(value & INTID);
                default -> {
                    // Read-only and reserved registers ignore writes.
                }
            }
        }
    }

    /// What a register that is, or is not, an alias for Group 1 returns instead of the highest pending interrupt
    /// (§4.4.4, §4.4.7, §4.4.9, §4.4.11).
    ///
    /// @return the interrupt, if the register returns it
    private int visible(int intid, boolean alias) {
        boolean inGroup1 = signals.group(intid) == 1;
        if (alias) {
            return inGroup1 ? intid : Interrupts.SPURIOUS;
        }
        return inGroup1 && (ctlr & ACK_CTL) == 0 ? OTHER_GROUP : intid;
    }

    private int acknowledge(boolean alias) {
        if (!signals.isSignalled()) {
            return Interrupts.SPURIOUS;
        }
        int highest = signals.highest();
        int seen = visible(highest, alias);
        if (seen != highest) {
            return seen;
        }
        int value = seen | interrupts.sourceField(cpu, seen);
        signals.acknowledge(seen);
        return value;
    }

    private int highestPending(boolean alias) {
        int highest = signals.highest();
        if (highest == Interrupts.SPURIOUS || !signals.isEnabled(signals.group(highest))) {
            return Interrupts.SPURIOUS;
        }
        int seen = visible(highest, alias);
        return seen == highest ? seen | interrupts.sourceField(cpu, seen) : seen;
    }

    /// End of interrupt: a priority drop, and with GICC_CTLR.EOImode 0 also a deactivation (§4.4.5). Spurious
    /// INTIDs are ignored. Where the result is UNPREDICTABLE: GICC_EOIR ends interrupts of Group 1 also while
    /// AckCtl is 0, GICC_AEOIR ignores those of Group 0, and an interrupt that is not active only drops the
    /// priority.
    private void end(int intid, boolean alias) {
        if (intid >= Interrupts.COUNT || (alias && signals.group(intid) == 0)) {
            return;
        }
        signals.drop(signals.group(intid));
        if ((ctlr & EOI_MODE) == 0) {
            interrupts.deactivate(cpu, intid);
        }
    }

    /// GICC_DIR. With EOImode 0 it is UNPREDICTABLE (§4.4.15); here it is ignored.
    private void deactivate(int intid) {
        if (intid < Interrupts.COUNT && (ctlr & EOI_MODE) != 0) {
            interrupts.deactivate(cpu, intid);
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(ctlr, Integer.BYTES);
        signals.save(state);
    }

    @Override
    public void load(StateReader state) {
        setControl((int) state.take(Integer.BYTES));
        signals.load(state);
    }
}

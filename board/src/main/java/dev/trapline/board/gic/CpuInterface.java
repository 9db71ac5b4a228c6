package dev.trapline.board.gic;

import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// The CPU interface of one vCPU in a GICv2 (IHI 0048B §4.4), and its registers. They can be accessed as words only.
final class CpuInterface implements Snapshot {

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

    private static final int SMALLEST_ABPR = 1;

    private final int cpu;
    private final Interrupts interrupts;
    private final ActivePriorities group0 = new ActivePriorities();
    private final ActivePriorities group1 = new ActivePriorities();
    private int ctlr;
    private int pmr;
    private int bpr;
    private int abpr = SMALLEST_ABPR;

    /// The results below are valid while no interrupt has changed since this count. Negative if they are not.
    private long validAt = -1;

    private int highest = Interrupts.SPURIOUS;
    private boolean irq;
    private boolean fiq;

    CpuInterface(int cpu, Interrupts interrupts) {
        this.cpu = cpu;
        this.interrupts = interrupts;
    }

    void reset() {
        ctlr = 0;
        pmr = 0;
        bpr = 0;
        abpr = SMALLEST_ABPR;
        group0.reset();
        group1.reset();
        validAt = -1;
    }

    boolean irq() {
        refresh();
        return irq;
    }

    boolean fiq() {
        refresh();
        return fiq;
    }

    /// Whether an input of the CPU would be high if this interrupt became pending.
    boolean wouldSignal(int intid) {
        refresh();
        boolean becomesHighest = interrupts.isForwarded(cpu, intid) && isBeforeHighest(intid);
        return becomesHighest ? isSignalled(intid) : irq || fiq;
    }

    private boolean isBeforeHighest(int intid) {
        int own = interrupts.priority(cpu, intid);
        int other = interrupts.priority(cpu, highest);
        return own < other || (own == other && intid < highest);
    }

    private void refresh() {
        if (validAt != interrupts.changes()) {
            validAt = interrupts.changes();
            highest = interrupts.highestPending(cpu);
            boolean signalled = highest != Interrupts.SPURIOUS && isSignalled(highest);
            boolean asFiq = (ctlr & FIQ_EN) != 0 && highest != Interrupts.SPURIOUS && group(highest) == 0;
            fiq = signalled && asFiq;
            irq = signalled && !asFiq;
        }
    }

    private int group(int intid) {
        return interrupts.group(cpu, intid);
    }

    private boolean isEnabled(int group) {
        return (ctlr >> group & 1) != 0;
    }

    /// Whether the CPU interface signals a pending interrupt, if it is the highest: its group is enabled, its
    /// priority is higher than the mask, and its group priority is higher than the running one (§3.3.1, §3.3.2).
    private boolean isSignalled(int intid) {
        int group = group(intid);
        int priority = interrupts.priority(cpu, intid);
        if (!isEnabled(group) || priority >= pmr) {
            return false;
        }
        int running = running();
        int mask = groupPriorityMask(group);
        return running == Interrupts.IDLE || (priority & mask) < (running & mask);
    }

    /// The bits of a priority that decide about preemption. GICC_BPR n: bits 7 to n+1. GICC_ABPR n, for Group 1
    /// while GICC_CTLR.CBPR is 0: bits 7 to n (§3.3.3).
    private int groupPriorityMask(int group) {
        int lowest = group == 1 && (ctlr & CBPR) == 0 ? abpr : bpr + 1;
        return 0xff << lowest & 0xff;
    }

    private int running() {
        return Math.min(group0.highest(), group1.highest());
    }

    private ActivePriorities active(int group) {
        return group == 0 ? group0 : group1;
    }

    int read(int offset, int size) {
        if (size != Integer.BYTES) {
            return 0;
        }
        if (offset >= APR && offset < NSAPR_END) {
            return active(offset < NSAPR ? 0 : 1).register(offset % 16 / 4);
        }
        return switch (offset) {
            case CTLR -> ctlr;
            case PMR -> pmr;
            case BPR -> bpr;
            case IAR -> acknowledge(false);
            case RPR -> running();
            case HPPIR -> highestPending(false);
            case ABPR -> abpr;
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
            active(offset < NSAPR ? 0 : 1).setRegister(offset % 16 / 4, value);
        } else {
            switch (offset) {
                case CTLR -> ctlr = value & CTLR_BITS;
                case PMR -> pmr = value & 0xff;
                case BPR -> bpr = value & 7;
                case ABPR -> abpr = Math.max(value & 7, SMALLEST_ABPR);
                case EOIR -> end(value & INTID, false);
                case AEOIR -> end(value & INTID, true);
                case DIR -> deactivate(value & INTID);
                default -> {
                    // Read-only and reserved registers ignore writes.
                }
            }
        }
        validAt = -1;
    }

    /// What a register that is, or is not, an alias for Group 1 returns instead of the highest pending interrupt
    /// (§4.4.4, §4.4.7, §4.4.9, §4.4.11).
    ///
    /// @return the interrupt, if the register returns it
    private int visible(int intid, boolean alias) {
        if (alias) {
            return group(intid) == 1 ? intid : Interrupts.SPURIOUS;
        }
        return group(intid) == 1 && (ctlr & ACK_CTL) == 0 ? OTHER_GROUP : intid;
    }

    private int acknowledge(boolean alias) {
        refresh();
        if (!irq && !fiq) {
            return Interrupts.SPURIOUS;
        }
        int seen = visible(highest, alias);
        if (seen != highest) {
            return seen;
        }
        int group = group(seen);
        active(group).add(interrupts.priority(cpu, seen) & groupPriorityMask(group));
        validAt = -1;
        return interrupts.acknowledge(cpu, seen);
    }

    private int highestPending(boolean alias) {
        refresh();
        if (highest == Interrupts.SPURIOUS || !isEnabled(group(highest))) {
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
        if (intid >= Interrupts.COUNT || (alias && group(intid) == 0)) {
            return;
        }
        active(group(intid)).drop();
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
        for (int register : new int[] {ctlr, pmr, bpr, abpr}) {
            state.put(register, Integer.BYTES);
        }
        group0.save(state);
        group1.save(state);
    }

    @Override
    public void load(StateReader state) {
        ctlr = (int) state.take(Integer.BYTES);
        pmr = (int) state.take(Integer.BYTES);
        bpr = (int) state.take(Integer.BYTES);
        abpr = (int) state.take(Integer.BYTES);
        group0.load(state);
        group1.load(state);
        validAt = -1;
    }
}

package dev.trapline.board.gic;

import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Decides which interrupt a CPU interface signals, from the priorities: what GICv2 and GICv3 have in common
/// (IHI 0048B §3.3, IHI 0069 §4.8). Priorities have 8 bits, of which 7 can decide about preemption.
final class Signals implements Snapshot {

    static final int BOTH_GROUPS = 3;

    /// The smallest binary point of Group 1. That of Group 0 is 0, and a binary point n of Group 0 is as n + 1 of
    /// Group 1.
    private static final int SMALLEST_POINT1 = 1;

    private static final int LARGEST_POINT = 7;

    private final int cpu;
    private final Interrupts interrupts;
    private final ActivePriorities group0 = new ActivePriorities();
    private final ActivePriorities group1 = new ActivePriorities();
    private int mask;
    private int point0;
    private int point1 = SMALLEST_POINT1;
    private boolean commonPoint;
    private int enabled;

    /// The results below are valid while no interrupt has changed since this count. Negative if they are not.
    private long validAt = -1;

    private int highest = Interrupts.SPURIOUS;
    private boolean signalled;

    Signals(int cpu, Interrupts interrupts) {
        this.cpu = cpu;
        this.interrupts = interrupts;
    }

    void reset() {
        mask = 0;
        point0 = 0;
        point1 = SMALLEST_POINT1;
        commonPoint = false;
        enabled = 0;
        group0.reset();
        group1.reset();
        validAt = -1;
    }

    private void refresh() {
        if (validAt != interrupts.changes()) {
            validAt = interrupts.changes();
            highest = interrupts.highestPending(cpu, interrupts.arriving(cpu));
            signalled = highest != Interrupts.SPURIOUS && isSignalled(highest);
        }
    }

    /// The interrupt of the highest priority that reaches this CPU interface; [Interrupts#SPURIOUS] if none does.
    int highest() {
        refresh();
        return highest;
    }

    /// Whether the interrupt is signalled to the CPU.
    boolean isSignalled() {
        refresh();
        return signalled;
    }

    /// Whether an interrupt would be signalled if this one became pending.
    boolean wouldSignal(int intid) {
        refresh();
        boolean becomesHighest = interrupts.isForwarded(cpu, intid, interrupts.arriving(cpu)) && isBeforeHighest(intid);
        return becomesHighest ? isSignalled(intid) : signalled;
    }

    private boolean isBeforeHighest(int intid) {
        int own = interrupts.priority(cpu, intid);
        int other = interrupts.priority(cpu, highest);
        return own < other || (own == other && intid < highest);
    }

    /// Whether a pending interrupt is signalled, if it is the highest: its group is enabled, its priority is higher
    /// than the mask, and its group priority is higher than the running one.
    private boolean isSignalled(int intid) {
        int group = group(intid);
        int priority = interrupts.priority(cpu, intid);
        if (!isEnabled(group) || priority >= mask) {
            return false;
        }
        int running = running();
        int preempting = preempting(group);
        return running == Interrupts.IDLE || (priority & preempting) < (running & preempting);
    }

    int group(int intid) {
        return interrupts.group(cpu, intid);
    }

    boolean isEnabled(int group) {
        return (enabled >> group & 1) != 0;
    }

    /// The bits of a priority that decide about preemption. Binary point n of Group 0: bits 7 to n+1. Binary point
    /// n of Group 1, if it has its own: bits 7 to n.
    private int preempting(int group) {
        int lowest = group == 1 && !commonPoint ? point1 : point0 + 1;
        return 0xff << lowest & 0xff;
    }

    /// The group priority of the interrupt that the CPU handles; [Interrupts#IDLE] if it handles none.
    int running() {
        return Math.min(group0.highest(), group1.highest());
    }

    /// The group of that interrupt; -1 if the CPU handles none.
    int runningGroup() {
        int running = running();
        return running == Interrupts.IDLE ? -1 : running == group0.highest() ? 0 : 1;
    }

    private ActivePriorities active(int group) {
        return group == 0 ? group0 : group1;
    }

    int activeRegister(int group, int number) {
        return active(group).register(number);
    }

    void setActiveRegister(int group, int number, int value) {
        active(group).setRegister(number, value);
        validAt = -1;
    }

    /// The CPU handles the interrupt from now on.
    void acknowledge(int intid) {
        int group = group(intid);
        active(group).add(interrupts.priority(cpu, intid) & preempting(group));
        interrupts.acknowledge(cpu, intid);
        validAt = -1;
    }

    /// Priority drop: the highest active priority of a group is no longer active.
    void drop(int group) {
        active(group).drop();
        validAt = -1;
    }

    int mask() {
        return mask;
    }

    void setMask(int value) {
        mask = value & 0xff;
        validAt = -1;
    }

    int point(int group) {
        return group == 0 ? point0 : point1;
    }

    /// The smallest value that exists is set in place of a smaller one.
    void setPoint(int group, int value) {
        int point = value & LARGEST_POINT;
        if (group == 0) {
            point0 = point;
        } else {
            point1 = Math.max(point, SMALLEST_POINT1);
        }
        validAt = -1;
    }

    /// The binary point of Group 0, as one of Group 1.
    int commonPoint() {
        return Math.min(point0 + 1, LARGEST_POINT);
    }

    /// Sets whether Group 1 uses the binary point of Group 0.
    void shareThePoint(boolean shared) {
        commonPoint = shared;
        validAt = -1;
    }

    /// Sets the groups that are signalled, one bit each.
    void enable(int groups) {
        enabled = groups & BOTH_GROUPS;
        validAt = -1;
    }

    /// Saves what its registers do not set again: without the groups and the sharing of the binary point.
    @Override
    public void save(StateWriter state) {
        for (int register : new int[] {mask, point0, point1}) {
            state.put(register, 1);
        }
        group0.save(state);
        group1.save(state);
    }

    @Override
    public void load(StateReader state) {
        mask = (int) state.take(1);
        point0 = (int) state.take(1);
        point1 = (int) state.take(1);
        group0.load(state);
        group1.load(state);
        validAt = -1;
    }
}

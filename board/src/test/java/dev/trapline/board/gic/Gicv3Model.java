package dev.trapline.board.gic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A second, slow model of a GICv3 with one Security state, for tests: one object for each interrupt, one list of the
/// priorities that a vCPU handles, and the rules of IHI 0069 §4 in words. It has no registers.
final class Gicv3Model {

    /// An interrupt, or one vCPU's of a private one.
    static final class Interrupt {
        boolean enabled;
        boolean active;
        boolean edge;
        boolean input;
        boolean latched;
        int group;
        int priority;
        /// The vCPU that it goes to, or [#ANYONE].
        int target;

        boolean isPending() {
            return latched || (input && !edge);
        }
    }

    /// A preemption level that is active.
    record Level(int group, int priority) {}

    /// One vCPU's Redistributor and CPU interface.
    static final class Interface {
        boolean asleep;
        final boolean[] accepted = new boolean[2];
        boolean commonBinaryPoint;
        boolean separateDeactivation;
        int mask;
        final int[] binaryPoint = {0, 1};
        final List<Level> levels = new ArrayList<>();
    }

    /// The signals to one vCPU.
    record Signals(boolean irq, boolean fiq, boolean wakes) {}

    static final int ANYONE = -1;

    private static final int NONE = 1023;
    private static final int IDLE = 0xff;

    private final List<Integer> intids;
    private final Map<Integer, Interrupt> interrupts = new HashMap<>();
    final List<Interface> interfaces = new ArrayList<>();
    final boolean[] forwarded = new boolean[2];

    /// @param intids all that are used, ascending
    Gicv3Model(int cpus, List<Integer> intids) {
        this.intids = intids;
        for (int cpu = 0; cpu < cpus; cpu++) {
            interfaces.add(new Interface());
            for (int intid : intids) {
                interrupts.computeIfAbsent(key(cpu, intid), _ -> new Interrupt()).edge = intid < 16;
            }
        }
    }

    private static int key(int cpu, int intid) {
        return intid < 32 ? 1000 * (cpu + 1) + intid : intid;
    }

    Interrupt of(int cpu, int intid) {
        Interrupt interrupt = interrupts.get(key(cpu, intid));
        if (interrupt == null) {
            throw new IllegalArgumentException("the model has no interrupt " + intid);
        }
        return interrupt;
    }

    void drive(int cpu, int intid, boolean high) {
        Interrupt interrupt = of(cpu, intid);
        interrupt.latched |= interrupt.edge && high && !interrupt.input;
        interrupt.input = high;
    }

    private boolean accepts(int cpu, int group) {
        Interface self = interfaces.get(cpu);
        return !self.asleep && self.accepted[group] && forwarded[group];
    }

    /// Of an interrupt for any vCPU, the first that accepts it.
    private boolean goesTo(int cpu, int intid) {
        Interrupt it = of(cpu, intid);
        if (intid < 32) {
            return true;
        }
        if (it.target != ANYONE) {
            return it.target == cpu;
        }
        for (int other = 0; other < interfaces.size(); other++) {
            if (accepts(other, it.group)) {
                return other == cpu;
            }
        }
        return false;
    }

    private boolean isDeliverable(int cpu, int intid) {
        Interrupt it = of(cpu, intid);
        return it.isPending() && it.enabled && !it.active && it.priority < IDLE && goesTo(cpu, intid);
    }

    int highestPending(int cpu) {
        int best = NONE;
        int bestPriority = IDLE;
        for (int intid : intids) {
            Interrupt it = of(cpu, intid);
            if (isDeliverable(cpu, intid) && accepts(cpu, it.group) && it.priority < bestPriority) {
                best = intid;
                bestPriority = it.priority;
            }
        }
        return best;
    }

    /// The bits of a priority that count for preemption: 7 to n+1 for a binary point n of Group 0; a binary point
    /// of Group 1 is one larger for the same bits.
    private int grouped(int cpu, int group, int priority) {
        Interface self = interfaces.get(cpu);
        int n = group == 1 && !self.commonBinaryPoint ? self.binaryPoint[1] - 1 : self.binaryPoint[0];
        int divisor = 1 << (n + 1);
        return priority / divisor * divisor;
    }

    int runningPriority(int cpu) {
        return interfaces.get(cpu).levels.stream()
                .mapToInt(Level::priority)
                .min()
                .orElse(IDLE);
    }

    private boolean isSignalled(int cpu) {
        int intid = highestPending(cpu);
        if (intid == NONE) {
            return false;
        }
        Interrupt it = of(cpu, intid);
        Interface self = interfaces.get(cpu);
        boolean preempts = self.levels.isEmpty()
                || grouped(cpu, it.group, it.priority) < grouped(cpu, it.group, runningPriority(cpu));
        return it.priority < self.mask && preempts;
    }

    Signals signals(int cpu) {
        boolean signalled = isSignalled(cpu);
        int group = signalled ? of(cpu, highestPending(cpu)).group : -1;
        boolean asks = interfaces.get(cpu).asleep
                && intids.stream().anyMatch(intid -> isDeliverable(cpu, intid) && forwarded[of(cpu, intid).group]);
        return new Signals(group == 1, group == 0, signalled || asks);
    }

    int highestPendingOf(int cpu, int group) {
        int intid = highestPending(cpu);
        return intid != NONE && of(cpu, intid).group == group ? intid : NONE;
    }

    int acknowledge(int cpu, int group) {
        int intid = highestPendingOf(cpu, group);
        if (intid == NONE || !isSignalled(cpu)) {
            return NONE;
        }
        Interrupt it = of(cpu, intid);
        interfaces.get(cpu).levels.add(new Level(group, grouped(cpu, group, it.priority)));
        it.active = true;
        it.latched = false;
        return intid;
    }

    /// The register of a group ends an interrupt only while the running priority is one of this group.
    void end(int cpu, int intid, int group) {
        Interface self = interfaces.get(cpu);
        int running = runningPriority(cpu);
        boolean inGroup0 = self.levels.contains(new Level(0, running));
        int runningGroup = inGroup0 ? 0 : self.levels.isEmpty() ? -1 : 1;
        if (runningGroup != group) {
            return;
        }
        // A preemption level is active once, however many interrupts have it.
        self.levels.removeIf(new Level(group, running)::equals);
        if (!self.separateDeactivation) {
            of(cpu, intid).active = false;
        }
    }

    void deactivate(int cpu, int intid) {
        if (interfaces.get(cpu).separateDeactivation) {
            of(cpu, intid).active = false;
        }
    }

    void send(int target, int sgi, boolean onlyGroup0) {
        Interrupt it = of(target, sgi);
        it.latched |= it.group == 0 || !onlyGroup0;
    }

    /// The vCPU's reset.
    void reset(int cpu) {
        boolean asleep = interfaces.get(cpu).asleep;
        Interface fresh = new Interface();
        fresh.asleep = asleep;
        interfaces.set(cpu, fresh);
    }
}

package dev.trapline.board.gic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// A second, slow model of a GICv2, for tests: one object for each interrupt, one list of the interrupts that a vCPU
/// handles, and the pseudocode of IHI 0048B chapter 3 (HighestPriorityPendingInterrupt, UpdateExceptionState,
/// GenerateExceptions, AcknowledgeInterrupt). It has no registers.
final class GicModel {

    /// An interrupt, or one vCPU's of a private one.
    static final class Interrupt {
        boolean enabled;
        boolean active;
        boolean edge;
        boolean input;
        boolean latched;
        int group;
        int priority;
        int targets;
        final SortedSet<Integer> sources = new TreeSet<>();

        boolean isPending() {
            return latched || !sources.isEmpty() || (input && !edge);
        }
    }

    /// An acknowledged interrupt whose priority was not dropped.
    record Running(int group, int priority) {}

    /// One vCPU's interface.
    static final class Interface {
        final boolean[] enabled = new boolean[2];
        boolean ackCtl;
        boolean fiqEn;
        boolean commonBinaryPoint;
        boolean separateDeactivation;
        int mask;
        int binaryPoint;
        int aliasedBinaryPoint = 1;
        final List<Running> running = new ArrayList<>();
    }

    /// The signals to one vCPU.
    record Signals(boolean irq, boolean fiq) {}

    private static final int NONE = 1023;

    private final List<Integer> intids;
    private final Map<Integer, Interrupt> interrupts = new HashMap<>();
    final List<Interface> interfaces = new ArrayList<>();
    final boolean[] forwarded = new boolean[2];

    /// @param intids all that are used, ascending
    GicModel(int cpus, List<Integer> intids) {
        this.intids = intids;
        for (int cpu = 0; cpu < cpus; cpu++) {
            interfaces.add(new Interface());
            for (int intid : intids) {
                Interrupt interrupt = interrupts.computeIfAbsent(key(cpu, intid), _ -> new Interrupt());
                interrupt.enabled = intid < 16;
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

    int highestPending(int cpu) {
        int best = NONE;
        int bestPriority = 0xff;
        for (int intid : intids) {
            Interrupt it = of(cpu, intid);
            boolean targeted = intid < 32 || interfaces.size() == 1 || (it.targets >> cpu & 1) != 0;
            boolean deliverable = it.isPending() && !it.active && it.enabled && forwarded[it.group] && targeted;
            if (deliverable && it.priority < bestPriority) {
                best = intid;
                bestPriority = it.priority;
            }
        }
        return best;
    }

    /// The bits of a priority that count for preemption: 7 to n+1 for a binary point n.
    private int grouped(int cpu, int group, int priority) {
        Interface self = interfaces.get(cpu);
        int n = group == 1 && !self.commonBinaryPoint ? self.aliasedBinaryPoint - 1 : self.binaryPoint;
        int divisor = 1 << (n + 1);
        return priority / divisor * divisor;
    }

    int runningPriority(int cpu) {
        return interfaces.get(cpu).running.stream()
                .mapToInt(Running::priority)
                .min()
                .orElse(0xff);
    }

    Signals signals(int cpu) {
        int intid = highestPending(cpu);
        if (intid == NONE) {
            return new Signals(false, false);
        }
        Interface self = interfaces.get(cpu);
        Interrupt it = of(cpu, intid);
        boolean preempts = self.running.isEmpty()
                || grouped(cpu, it.group, it.priority) < grouped(cpu, it.group, runningPriority(cpu));
        boolean signalled = it.priority < self.mask && preempts && self.enabled[it.group];
        boolean asFiq = it.group == 0 && self.fiqEn;
        return new Signals(signalled && !asFiq, signalled && asFiq);
    }

    int highestPendingRegister(int cpu, boolean alias) {
        int intid = highestPending(cpu);
        if (intid == NONE || !interfaces.get(cpu).enabled[of(cpu, intid).group]) {
            return NONE;
        }
        return seen(cpu, intid, alias);
    }

    private int seen(int cpu, int intid, boolean alias) {
        Interrupt it = of(cpu, intid);
        if (alias && it.group == 0) {
            return NONE;
        }
        if (!alias && it.group == 1 && !interfaces.get(cpu).ackCtl) {
            return 1022;
        }
        return intid + (it.sources.isEmpty() ? 0 : it.sources.first() * 1024);
    }

    int acknowledge(int cpu, boolean alias) {
        Signals signals = signals(cpu);
        int intid = highestPending(cpu);
        if (!signals.irq() && !signals.fiq()) {
            return NONE;
        }
        int seen = seen(cpu, intid, alias);
        if (seen != NONE && seen != 1022) {
            Interrupt it = of(cpu, intid);
            interfaces.get(cpu).running.add(new Running(it.group, grouped(cpu, it.group, it.priority)));
            it.active = true;
            it.latched = false;
            if (!it.sources.isEmpty()) {
                it.sources.removeFirst();
            }
        }
        return seen;
    }

    void end(int cpu, int intid, boolean alias) {
        Interrupt it = of(cpu, intid);
        if (alias && it.group == 0) {
            return;
        }
        List<Running> running = interfaces.get(cpu).running;
        int drop = running.stream()
                .filter(one -> one.group() == it.group)
                .min(Comparator.comparingInt(Running::priority))
                .map(Running::priority)
                .orElse(-1);
        // A preemption level is active once, however many interrupts have it.
        running.removeIf(one -> one.group() == it.group && one.priority() == drop);
        if (!interfaces.get(cpu).separateDeactivation) {
            it.active = false;
        }
    }

    void deactivate(int cpu, int intid) {
        if (interfaces.get(cpu).separateDeactivation) {
            of(cpu, intid).active = false;
        }
    }

    void send(int from, int target, int sgi) {
        of(target, sgi).sources.add(from);
    }
}

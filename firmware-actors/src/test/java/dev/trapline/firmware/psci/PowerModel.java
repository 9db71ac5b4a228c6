package dev.trapline.firmware.psci;

import java.util.Arrays;

/// A reference model of PSCI's effects on a machine's power. It is slow, handles one CPU and one domain after the
/// other, and was written from the specification, independently of the implementation. Depths are 0 run, 1 standby, 2
/// power-down.
final class PowerModel {

    static final int SUCCESS = 0;
    static final int INVALID_PARAMETERS = -2;
    static final int DENIED = -3;
    static final int ALREADY_ON = -4;
    static final int ON_PENDING = -5;

    private static final int LEVELS = 3;

    enum Life {
        OFF,
        FROZEN,
        RUNNING,
        SUSPENDED
    }

    final int vcpus;
    private final int clusterSize;
    private final long onPending;
    final Life[] life;
    private final int[][] wishes;
    private final long[] readyAt;
    private final boolean[] hasSuspended;
    boolean osInitiated;
    long time;

    /// In OS-initiated mode: the request of the last CPU that suspended, by cluster, and for the system.
    private final int[] ordered;
    private int systemOrdered;

    /// Statistics by domain (cores, clusters, the system) and depth.
    private final int[] depthBefore;
    private final long[] since;
    final long[][] counts;
    final long[][] ticks;

    PowerModel(int vcpus, int clusterSize, long onPending) {
        this.vcpus = vcpus;
        this.clusterSize = clusterSize;
        this.onPending = onPending;
        life = new Life[vcpus];
        Arrays.fill(life, Life.OFF);
        life[0] = Life.RUNNING;
        wishes = new int[vcpus][LEVELS];
        readyAt = new long[vcpus];
        hasSuspended = new boolean[vcpus];
        ordered = new int[clusters()];
        int domains = vcpus + clusters() + 1;
        depthBefore = new int[domains];
        since = new long[domains];
        counts = new long[domains][LEVELS];
        ticks = new long[domains][LEVELS];
        for (int domain = 0; domain < domains; domain++) {
            depthBefore[domain] = depth(domain);
        }
        Arrays.fill(since, -1);
    }

    int clusters() {
        return (vcpus + clusterSize - 1) / clusterSize;
    }

    int domain(int cpu, int level) {
        return switch (level) {
            case 0 -> cpu;
            case 1 -> vcpus + cpu / clusterSize;
            default -> vcpus + clusters();
        };
    }

    boolean isRunning(int cpu) {
        return life[cpu] == Life.RUNNING && !isPending(cpu);
    }

    boolean isPending(int cpu) {
        return life[cpu] == Life.RUNNING && time < readyAt[cpu];
    }

    boolean isDown(int cpu) {
        return life[cpu] == Life.OFF || life[cpu] == Life.FROZEN;
    }

    /// The depth of a core, a cluster or the system.
    int depth(int domain) {
        if (domain < vcpus) {
            return isDown(domain) ? 2 : life[domain] == Life.RUNNING ? 0 : wishes[domain][0];
        }
        boolean system = domain == vcpus + clusters();
        int first = system ? 0 : (domain - vcpus) * clusterSize;
        int end = system ? vcpus : Math.min(vcpus, first + clusterSize);
        int least = 2;
        boolean allDown = true;
        for (int cpu = first; cpu < end; cpu++) {
            if (life[cpu] == Life.RUNNING) {
                return 0;
            }
            if (!isDown(cpu)) {
                allDown = false;
                least = Math.min(least, wishes[cpu][system ? 2 : 1]);
            }
        }
        if (allDown || !osInitiated) {
            return least;
        }
        return system ? systemOrdered : ordered[domain - vcpus];
    }

    int affinityInfo(int first, int end) {
        boolean pending = false;
        for (int cpu = first; cpu < end; cpu++) {
            if (!isDown(cpu) && !isPending(cpu)) {
                return 0;
            }
            pending |= isPending(cpu);
        }
        return pending ? 2 : 1;
    }

    int cpuOn(int target) {
        if (target >= vcpus) {
            return INVALID_PARAMETERS;
        }
        if (!isDown(target)) {
            return isPending(target) ? ON_PENDING : ALREADY_ON;
        }
        hasSuspended[target] = false;
        readyAt[target] = time + onPending;
        up(target);
        return SUCCESS;
    }

    void cpuDown(int cpu, Life how) {
        life[cpu] = how;
        hasSuspended[cpu] = false;
    }

    /// CPU_SUSPEND.
    int suspend(int cpu, int[] state) {
        int answer = enter(cpu, state);
        hasSuspended[cpu] |= answer == SUCCESS;
        return answer;
    }

    /// Any call that suspends.
    int enter(int cpu, int[] state) {
        if (osInitiated) {
            int refused = refusal(cpu, state);
            if (refused != SUCCESS) {
                return refused;
            }
            if (state.length > 1) {
                ordered[cpu / clusterSize] = state[1];
            }
            systemOrdered = state.length > 2 ? state[2] : 0;
        }
        life[cpu] = Life.SUSPENDED;
        for (int level = 0; level < LEVELS; level++) {
            wishes[cpu][level] = level < state.length ? state[level] : 0;
        }
        return SUCCESS;
    }

    private int refusal(int caller, int[] state) {
        if (state.length > 1) {
            int refused = SUCCESS;
            for (int cpu = 0; cpu < vcpus; cpu++) {
                if (cpu != caller && cpu / clusterSize == caller / clusterSize) {
                    if (depth(cpu) == 0) {
                        return DENIED;
                    }
                    refused = depth(cpu) < state[1] ? INVALID_PARAMETERS : refused;
                }
            }
            if (refused != SUCCESS) {
                return refused;
            }
        }
        if (state.length > 2) {
            int refused = SUCCESS;
            for (int cluster = 0; cluster < clusters(); cluster++) {
                if (cluster != caller / clusterSize) {
                    int depth = depth(vcpus + cluster);
                    if (depth == 0) {
                        return DENIED;
                    }
                    refused = depth < state[2] ? INVALID_PARAMETERS : refused;
                }
            }
            return refused;
        }
        return SUCCESS;
    }

    int systemSuspend(int caller) {
        for (int cpu = 0; cpu < vcpus; cpu++) {
            if (cpu != caller && !isDown(cpu)) {
                return DENIED;
            }
        }
        return enter(caller, new int[] {2, 2, 2});
    }

    int setMode(int caller, int mode) {
        if (mode > 1) {
            return INVALID_PARAMETERS;
        }
        if (mode == 1 == osInitiated) {
            return SUCCESS;
        }
        boolean alone = true;
        boolean unspoilt = true;
        for (int cpu = 0; cpu < vcpus; cpu++) {
            alone &= cpu == caller || life[cpu] == Life.OFF;
            unspoilt &= life[cpu] != Life.FROZEN && !isPending(cpu) && !hasSuspended[cpu];
        }
        if (!alone && (mode == 0 || !unspoilt)) {
            return DENIED;
        }
        osInitiated = mode == 1;
        Arrays.fill(hasSuspended, false);
        Arrays.fill(ordered, 0);
        systemOrdered = 0;
        return SUCCESS;
    }

    void woken(int cpu) {
        if (life[cpu] == Life.SUSPENDED) {
            up(cpu);
        }
    }

    private void up(int cpu) {
        life[cpu] = Life.RUNNING;
        ordered[cpu / clusterSize] = 0;
        systemOrdered = 0;
    }

    /// Updates the statistics. Must be called after each step.
    void account() {
        for (int domain = 0; domain < depthBefore.length; domain++) {
            int now = depth(domain);
            int before = depthBefore[domain];
            if (now != before) {
                if (before != 0 && since[domain] >= 0) {
                    counts[domain][before]++;
                    ticks[domain][before] += time - since[domain];
                }
                since[domain] = now == 0 ? -1 : time;
                depthBefore[domain] = now;
            }
        }
    }
}

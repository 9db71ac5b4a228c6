package dev.trapline.firmware.psci;

import java.util.Arrays;

/// The state of each CPU, as PSCI reports it (DEN0022 §5.7). CPUs are bits, by vCPU index.
///
/// ```text
///  off ──CPU_ON──▶ on pending ──its time──▶ on ──CPU_SUSPEND──▶ suspended
///   ▲ ▲                                     │ ▲                    │
///   │ └──────────────CPU_OFF────────────────┤ └──────wake-up───────┘
/// frozen ◀──────────CPU_FREEZE──────────────┘     (frozen ──CPU_ON──▶ as from off)
/// ```
///
/// @param on CPUs that are on, including pending and suspended ones
/// @param suspended CPUs that wait for a wake-up event
/// @param frozen CPUs that CPU_FREEZE turned off
/// @param suspenders CPUs that have called CPU_SUSPEND since they were turned on, or since the last change of mode
/// @param ready when CPUs that were turned on become on
record CpuStates(long on, long suspended, long frozen, long suspenders, Ready ready) {

    /// A machine that has just started.
    static CpuStates only(long boot) {
        return new CpuStates(boot, 0, 0, 0, Ready.AT_ONCE);
    }

    boolean isRunning(long cpu) {
        return (on & ~suspended & cpu) != 0;
    }

    /// The CPUs of a set that are still pending.
    long pending(long cpus, long time) {
        return ready.pending(on & cpus, time);
    }

    CpuStates withOn(long cpu, long readyAt, long time) {
        return new CpuStates(
                on | cpu, suspended & ~cpu, frozen & ~cpu, suspenders & ~cpu, ready.with(cpu, readyAt, time));
    }

    CpuStates withOff(long cpu) {
        return new CpuStates(on & ~cpu, suspended & ~cpu, frozen & ~cpu, suspenders & ~cpu, ready);
    }

    CpuStates withFrozen(long cpu) {
        return new CpuStates(on & ~cpu, suspended & ~cpu, frozen | cpu, suspenders & ~cpu, ready);
    }

    CpuStates withSuspended(long cpu) {
        return new CpuStates(on, suspended | cpu, frozen, suspenders, ready);
    }

    CpuStates awake(long cpu) {
        return new CpuStates(on | cpu, suspended & ~cpu, frozen & ~cpu, suspenders, ready);
    }

    CpuStates withSuspender(long cpu) {
        return new CpuStates(on, suspended, frozen, suspenders | cpu, ready);
    }

    CpuStates withoutSuspenders() {
        return new CpuStates(on, suspended, frozen, 0, ready);
    }

    /// When CPUs that were turned on become on. If CPU_ON takes no time, this allocates nothing.
    ///
    /// @param cpus the CPUs that may still be pending
    /// @param times virtual times, by vCPU index; empty if no CPU was ever pending. The array is never modified
    @SuppressWarnings("ArrayRecordComponent")
    record Ready(long cpus, long[] times) {
        static final Ready AT_ONCE = new Ready(0, new long[0]);

        long pending(long of, long time) {
            long pending = 0;
            for (long rest = of & cpus; rest != 0; rest &= rest - 1) {
                if (time < times[Long.numberOfTrailingZeros(rest)]) {
                    pending |= Long.lowestOneBit(rest);
                }
            }
            return pending;
        }

        Ready with(long cpu, long readyAt, long time) {
            if (readyAt == time) {
                return (cpus & cpu) == 0 ? this : new Ready(cpus & ~cpu, times);
            }
            long[] changed = times.length == 0 ? new long[Long.SIZE] : times.clone();
            changed[Long.numberOfTrailingZeros(cpu)] = readyAt;
            return new Ready(cpus | cpu, changed);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Ready that && cpus == that.cpus && Arrays.equals(times, that.times);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(cpus) + 31 * Arrays.hashCode(times);
        }

        @Override
        public String toString() {
            return "0x" + Long.toHexString(cpus) + " ready at " + Arrays.toString(times);
        }
    }
}

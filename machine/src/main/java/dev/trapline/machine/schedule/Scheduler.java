package dev.trapline.machine.schedule;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.machine.Schedule;

/// Decides who gets the next turn of a round, and how long it is: a function of where it is asked, and of nothing that
/// came before. So another answer at one place leaves the answers at others.
public sealed interface Scheduler permits Scheduler.RoundRobin, Scheduler.Random, Scheduler.Jitter, Pct {

    /// A scheduler of this kind.
    ///
    /// @param quantum how long a round is, in ticks
    static Scheduler of(Schedule schedule, long quantum, long seed) {
        return switch (schedule) {
            case ROUND_ROBIN -> new RoundRobin(quantum);
            case RANDOM -> new Random(quantum, seed);
        };
    }

    /// Name and version, as a recording names them. Whatever changes an answer is a new version.
    String name();

    /// Who gets the next turn.
    ///
    /// @param ready one bit for each vCPU that can run in this round; not 0
    Turn next(ChoicePoint asked, long ready);

    /// The next vCPU in order, with all the round's time.
    ///
    /// @param quantum how long a round is, in ticks
    record RoundRobin(long quantum) implements Scheduler {

        @Override
        public String name() {
            return "round-robin/1";
        }

        @Override
        public Turn next(ChoicePoint asked, long ready) {
            int last = asked.after().index();
            long after = last == Long.SIZE - 1 ? 0 : ready & (-1L << (last + 1));
            return new Turn(new VcpuId(Long.numberOfTrailingZeros(after != 0 ? after : ready)), quantum);
        }
    }

    /// Any vCPU with equal chance; length log-uniform, so that very short turns are as common as long ones. One in
    /// sixteen is passed over, if another one can run.
    ///
    /// @param quantum how long a round is, in ticks
    record Random(long quantum, long seed) implements Scheduler {

        private static final long PASSED_OVER = 16;

        @Override
        public String name() {
            return "random/2";
        }

        @Override
        public Turn next(ChoicePoint asked, long ready) {
            SplitMix64 draws = SplitMix64.of(seed, asked.after().index(), asked.at(), asked.round());
            VcpuId vcpu = new VcpuId(chosen(ready, draws.below(Long.bitCount(ready))));
            boolean passedOver = draws.below(PASSED_OVER) == 0 && Long.bitCount(ready) > 1;
            return new Turn(vcpu, passedOver ? 0 : length(quantum, draws));
        }

        private static int chosen(long ready, long ordinal) {
            long rest = ready;
            for (long skip = ordinal; skip > 0; skip--) {
                rest &= rest - 1;
            }
            return Long.numberOfTrailingZeros(rest);
        }

        /// A power of two with equal chance, then a length from it to the next. Integers only: no rounding
        /// differs between hosts.
        static long length(long quantum, SplitMix64 draws) {
            long low = 1L << draws.below(Long.SIZE - Long.numberOfLeadingZeros(quantum));
            long high = Math.min(2 * low, quantum + 1);
            return low + draws.below(high - low);
        }
    }

    /// In the order of round robin; each length log-uniform, as in [Random]. So only the vCPUs' relative speed
    /// varies.
    ///
    /// @param quantum how long a round is, in ticks
    record Jitter(long quantum, long seed) implements Scheduler {

        @Override
        public String name() {
            return "jitter/1";
        }

        @Override
        public Turn next(ChoicePoint asked, long ready) {
            SplitMix64 draws = SplitMix64.of(seed, asked.after().index(), asked.at(), asked.round());
            VcpuId vcpu = new RoundRobin(quantum).next(asked, ready).vcpu();
            return new Turn(vcpu, Random.length(quantum, draws));
        }
    }
}

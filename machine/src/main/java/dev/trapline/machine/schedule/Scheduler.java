package dev.trapline.machine.schedule;

import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Decides who gets the next turn of a round, and how long it is. The same sequence of questions gets the same sequence
/// of answers.
public sealed interface Scheduler {

    /// A scheduler of this kind.
    ///
    /// @param quantum how long a round is, in ticks
    static Scheduler of(Schedule schedule, long quantum, long seed) {
        return switch (schedule) {
            case ROUND_ROBIN -> new RoundRobin(quantum);
            case RANDOM -> new Random(quantum, new SplitMix64(seed));
        };
    }

    /// Chooses a vCPU.
    ///
    /// @param ready one bit for each vCPU that can run in this round; not 0
    /// @return its index
    int choose(long ready);

    /// Whether the vCPU just chosen is passed over in this round, as by a hypervisor that runs something else on
    /// its CPU. Asked only if another one can run.
    boolean passesOver();

    /// The length of the turn for the vCPU just chosen, in ticks.
    long length();

    /// Saves where in its sequence it is.
    void save(StateWriter state);

    /// Goes to where [#save] was.
    void load(StateReader state);

    /// The next vCPU in order, with all the round's time.
    final class RoundRobin implements Scheduler {
        private final long quantum;
        private int last = -1;

        private RoundRobin(long quantum) {
            this.quantum = quantum;
        }

        @Override
        public int choose(long ready) {
            long after = last == Long.SIZE - 1 ? 0 : ready & (-1L << (last + 1));
            last = Long.numberOfTrailingZeros(after != 0 ? after : ready);
            return last;
        }

        @Override
        public boolean passesOver() {
            return false;
        }

        @Override
        public long length() {
            return quantum;
        }

        @Override
        public void save(StateWriter state) {
            state.put(last);
        }

        @Override
        public void load(StateReader state) {
            last = state.takeInt();
        }
    }

    /// Any vCPU with equal chance; length log-uniform, so that very short turns are as common as long ones. One in
    /// sixteen is passed over.
    final class Random implements Scheduler {

        private static final long PASSED_OVER = 16;

        private final long quantum;
        private final int magnitudes;
        private final SplitMix64 generator;

        private Random(long quantum, SplitMix64 generator) {
            this.quantum = quantum;
            this.magnitudes = Long.SIZE - Long.numberOfLeadingZeros(quantum);
            this.generator = generator;
        }

        @Override
        public int choose(long ready) {
            long rest = ready;
            for (long skip = generator.below(Long.bitCount(ready)); skip > 0; skip--) {
                rest &= rest - 1;
            }
            return Long.numberOfTrailingZeros(rest);
        }

        @Override
        public boolean passesOver() {
            return generator.below(PASSED_OVER) == 0;
        }

        /// A power of two with equal chance, then a length from it to the next. Integers only: no rounding
        /// differs between hosts.
        @Override
        public long length() {
            long low = 1L << generator.below(magnitudes);
            long high = Math.min(2 * low, quantum + 1);
            return low + generator.below(high - low);
        }

        @Override
        public void save(StateWriter state) {
            state.put(generator.state());
        }

        @Override
        public void load(StateReader state) {
            generator.goTo(state.take());
        }
    }
}

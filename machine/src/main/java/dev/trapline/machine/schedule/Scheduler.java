package dev.trapline.machine.schedule;

import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Decides who gets the next slice, and how long it is. The same sequence of questions gets the same sequence of
/// answers.
public sealed interface Scheduler {

    /// A scheduler of this kind.
    ///
    /// @param budget the full length of a slice, in instructions
    static Scheduler of(Schedule schedule, long budget, long seed) {
        return switch (schedule) {
            case ROUND_ROBIN -> new RoundRobin(budget);
            case RANDOM -> new Random(budget, new SplitMix64(seed));
        };
    }

    /// Chooses a vCPU.
    ///
    /// @param runnable one bit for each vCPU that can run; not 0
    /// @return its index
    int choose(long runnable);

    /// The length of the slice for the vCPU just chosen, in instructions.
    long budget();

    /// Saves where in its sequence it is.
    void save(StateWriter state);

    /// Goes to where [#save] was.
    void load(StateReader state);

    /// The next runnable vCPU in order, a full slice each time.
    final class RoundRobin implements Scheduler {
        private final long budget;
        private int last = -1;

        private RoundRobin(long budget) {
            this.budget = budget;
        }

        @Override
        public int choose(long runnable) {
            long after = last == Long.SIZE - 1 ? 0 : runnable & (-1L << (last + 1));
            last = Long.numberOfTrailingZeros(after != 0 ? after : runnable);
            return last;
        }

        @Override
        public long budget() {
            return budget;
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

    /// Any runnable vCPU with equal chance; length log-uniform, so that very short slices are as common as long
    /// ones.
    final class Random implements Scheduler {
        private final long budget;
        private final int magnitudes;
        private final SplitMix64 generator;

        private Random(long budget, SplitMix64 generator) {
            this.budget = budget;
            this.magnitudes = Long.SIZE - Long.numberOfLeadingZeros(budget);
            this.generator = generator;
        }

        @Override
        public int choose(long runnable) {
            long rest = runnable;
            for (long skip = generator.below(Long.bitCount(runnable)); skip > 0; skip--) {
                rest &= rest - 1;
            }
            return Long.numberOfTrailingZeros(rest);
        }

        /// A power of two with equal chance, then a length from it to the next. Integers only: no rounding
        /// differs between hosts.
        @Override
        public long budget() {
            long low = 1L << generator.below(magnitudes);
            long high = Math.min(2 * low, budget + 1);
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

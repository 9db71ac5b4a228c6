package dev.trapline.machine.schedule;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Probabilistic concurrency testing (Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees of
/// Finding Bugs", 2010), for a machine with rounds.
///
/// Each vCPU has a priority, drawn at the start. In a round, the vCPU with the highest one runs first, and to the end
/// of the round. At a few moments of the run, which are drawn as well, the vCPU that they are about is interrupted, and
/// from there on has the lowest priority of all. A bug that needs d such orders is found with a probability that does
/// not depend on how many other orders there are: 1 of at least n · k^(d-1) runs of n vCPUs and k instructions.
///
/// Much of a run can be vCPUs that wait for each other in a loop, so the part that matters may be much shorter. That is
/// not known. So each run first draws how much of the span it looks at: all of it, or a half, a quarter, down to a
/// sixteenth. This divides the probability above by at most 5, and multiplies it by up to 16^(d-1) / 5 for a bug near
/// the beginning.
///
/// Long rounds leave the schedule the most freedom: a vCPU can be held up for no longer than a round.
///
/// @param quantum how long a round is, in ticks
/// @param changes in the order of their moments
public record Pct(long quantum, long seed, List<Change> changes) implements Scheduler {

    private static final long CHANGES = 0x7063_745f_6368_616eL;
    /// How often the span may be halved, and one.
    private static final int PARTS = 5;

    private static final long PRIORITIES = 0x7063_745f_7072_696fL;

    /// A moment from which a vCPU has the lowest priority.
    ///
    /// @param moment in ticks of the vCPU's clock
    /// @param vcpu its index
    public record Change(long moment, int vcpu) {

        /// One at any moment, about any vCPU.
        ///
        /// @param start the first moment, in ticks
        /// @param span how many there are, 1 or more
        /// @param vcpus how many there are
        public static Change anywhere(SplitMix64 draws, long start, long span, int vcpus) {
            return new Change(start + draws.below(span), (int) draws.below(vcpus));
        }
    }

    public Pct {
        changes = List.copyOf(changes);
    }

    /// Draws the changes of a run.
    ///
    /// @param depth how many orders a bug may need: 1 has no change
    /// @param start when the run begins to be its own, in ticks
    /// @param span how long the run may be from there, in ticks, 1 or more: changes come within
    public static Pct of(long quantum, long seed, int depth, long start, long span, int vcpus) {
        SplitMix64 parts = SplitMix64.of(seed, CHANGES);
        long looked = Math.max(1, span >>> parts.below(PARTS));
        return with(quantum, seed, depth, parts, draws -> Change.anywhere(draws, start, looked, vcpus));
    }

    /// The same with changes at moments of another choice.
    ///
    /// @param moment draws a change
    public static Pct of(long quantum, long seed, int depth, Function<SplitMix64, Change> moment) {
        return with(quantum, seed, depth, SplitMix64.of(seed, CHANGES), moment);
    }

    private static Pct with(long quantum, long seed, int depth, SplitMix64 draws, Function<SplitMix64, Change> moment) {
        List<Change> changes = new ArrayList<>();
        for (int left = depth - 1; left > 0; left--) {
            changes.add(moment.apply(draws));
        }
        changes.sort(Comparator.comparingLong(Change::moment));
        return new Pct(quantum, seed, changes);
    }

    @Override
    public String name() {
        return "pct/2";
    }

    @Override
    public Turn next(ChoicePoint asked, long ready) {
        int chosen = -1;
        long highest = 0;
        for (long rest = ready; rest != 0; rest &= rest - 1) {
            int vcpu = Long.numberOfTrailingZeros(rest);
            long priority = priority(vcpu, asked.clock(new VcpuId(vcpu)));
            if (chosen < 0 || priority > highest) {
                chosen = vcpu;
                highest = priority;
            }
        }
        VcpuId vcpu = new VcpuId(chosen);
        return new Turn(vcpu, untilChange(chosen, asked.clock(vcpu)));
    }

    /// Positive before its first change; below all others after one, the lower the later.
    private long priority(int vcpu, long clock) {
        long priority = SplitMix64.of(seed, PRIORITIES, vcpu).next() >>> 1;
        for (int i = 0; i < changes.size() && changes.get(i).moment() <= clock; i++) {
            if (changes.get(i).vcpu() == vcpu) {
                priority = -1L - i;
            }
        }
        return priority;
    }

    private long untilChange(int vcpu, long clock) {
        for (Change change : changes) {
            if (change.vcpu() == vcpu && change.moment() > clock) {
                return Math.min(quantum, change.moment() - clock);
            }
        }
        return quantum;
    }
}

package dev.trapline.machine.choice;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Answers by the rules of a plan whether a call gets a fault. All other choices are left to others.
///
/// It counts calls, so it must be asked about each call of the run, also while a recording is being continued.
public final class PlannedFaults extends DelegatingChoices {

    /// Name and version, for recordings. Every change of a draw needs a new version.
    public static final String NAME = "planned-faults/1";

    /// Keeps the draws apart from the schedule's and from entropy, which start from the same seed.
    private static final long STREAM = 0x6661_756c_7473_2121L;

    private final List<Armed> rules = new ArrayList<>();

    /// @param seed the machine's
    /// @param others answer for everything but faults of calls, and for calls that no rule meets
    public PlannedFaults(FaultPlan plan, long seed, Choices others) {
        super(others);
        SortedMap<String, Armed> byName = new TreeMap<>();
        for (FaultRule rule : plan.rules()) {
            Armed armed = new Armed(rule, seed);
            rules.add(armed);
            byName.put(rule.name(), armed);
        }
        for (Armed armed : rules) {
            armed.after = byName.get(armed.rule.when().after());
        }
    }

    @Override
    public @Nullable CallFault fault(Call call) {
        Armed first = null;
        // Each rule sees each call that it may meet, so that its count does not depend on the rules before it.
        for (Armed armed : rules) {
            if (armed.isDue(call) && first == null) {
                first = armed;
            }
        }
        if (first == null) {
            return super.fault(call);
        }
        first.fired++;
        return first.rule.what();
    }

    @Override
    public Left left() {
        List<FaultCount> counts = new ArrayList<>();
        rules.forEach(armed -> counts.add(new FaultCount(armed.rule, armed.met, armed.fired)));
        return super.left().with(counts);
    }

    /// A rule with its counts.
    private static final class Armed {

        private final FaultRule rule;
        private final long seed;
        private final long name;
        private @Nullable Armed after;
        private long met;
        private long fired;

        private Armed(FaultRule rule, long seed) {
            this.rule = rule;
            this.seed = seed ^ STREAM;
            this.name = Digest64.of(rule.name());
        }

        /// Counts a call.
        private boolean isDue(Call call) {
            Occasion when = rule.when();
            if (!rule.where().meets(call.caller(), call.exit(), call.function(), call.service())
                    || (call.service() == null && rule.what().needsService())
                    || (after != null && after.fired == 0)
                    || !isReached(when.from(), call)
                    || (when.until() != null && isReached(when.until(), call))) {
                return false;
            }
            met++;
            return fired < when.most()
                    && (when.nth() == 0 || met == when.nth())
                    && met % when.every() == 0
                    && isDrawn(when.probability(), call);
        }

        private static boolean isReached(@Nullable Moment moment, Call call) {
            return switch (moment) {
                case null -> true;
                case Moment.AtSlice(long ordinal) -> call.slice() >= ordinal;
                case Moment.AtTime(long ticks) -> call.time() >= ticks;
            };
        }

        private boolean isDrawn(double probability, Call call) {
            if (probability >= 1) {
                return true;
            }
            long drawn =
                    SplitMix64.of(seed, name, call.caller().index(), call.nth()).next();
            return (drawn >>> 11) * 0x1p-53 < probability;
        }
    }
}

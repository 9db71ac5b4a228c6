package dev.trapline.explore;

import dev.trapline.machine.schedule.Pct;
import dev.trapline.machine.schedule.Scheduler;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the vCPUs of an explored machine get their turns. A closed set. The turns of a run follow from its seed.
public sealed interface Strategy {

    /// The deepest one.
    int MAX_DEPTH = 100;

    /// Any vCPU, for any time.
    record Random() implements Strategy {
        @Override
        public String toString() {
            return "random";
        }
    }

    /// In order, each for any time.
    record Jitter() implements Strategy {
        @Override
        public String toString() {
            return "jitter";
        }
    }

    /// By priorities with few changes: see [Pct].
    ///
    /// @param depth how many orders a bug may need, 1 to [#MAX_DEPTH]
    record ByPriority(int depth) implements Strategy {
        public ByPriority {
            if (depth < 1 || depth > MAX_DEPTH) {
                throw new IllegalArgumentException("a depth of " + depth + "; it is 1 to " + MAX_DEPTH);
            }
        }

        @Override
        public String toString() {
            return "pct:" + depth;
        }
    }

    /// The turns of a run.
    ///
    /// @param subject whose vCPUs and rounds count
    /// @param seed the run's
    /// @param span how long a run of the subject is from its beginning, in ticks, 1 or more
    default Scheduler scheduler(Subject subject, long seed, long span) {
        long quantum = subject.spec().schedule().quantum();
        return switch (this) {
            case Random _ -> new Scheduler.Random(quantum, seed);
            case Jitter _ -> new Scheduler.Jitter(quantum, seed);
            case ByPriority(int depth) ->
                Pct.of(
                        quantum,
                        seed,
                        depth,
                        subject.beginning().ticks(),
                        span,
                        subject.spec().cpus().count());
        };
    }

    /// Reads `random`, `jitter` or `pct:DEPTH`.
    ///
    /// @throws IllegalArgumentException if it is none of them
    static Strategy parse(String text) {
        Matcher pct = Pattern.compile("pct:([0-9]{1,3})").matcher(text);
        if (pct.matches()) {
            return new ByPriority(Integer.parseInt(pct.group(1)));
        }
        return switch (text) {
            case "random" -> new Random();
            case "jitter" -> new Jitter();
            case String other ->
                throw new IllegalArgumentException("'" + other
                        + "' is no schedule: random, jitter, or pct:DEPTH with a depth of 1 to " + MAX_DEPTH);
        };
    }
}

package dev.trapline.explore;

import dev.trapline.abi.SplitMix64;
import dev.trapline.machine.schedule.Pct;
import dev.trapline.machine.schedule.Scheduler;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the vCPUs of an explored machine get their turns. A closed set. The turns of a run follow from its seed.
public sealed interface Strategy {

    /// The deepest one.
    int MAX_DEPTH = 100;

    /// How the name of [AtSites] begins.
    String SHARED = "shared:";

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

    /// The same, with changes where vCPUs use memory that others use too, and at hypercalls.
    ///
    /// @param depth as above
    record AtSites(int depth) implements Strategy {

        /// One change of so many can be anywhere, because no profile knows all.
        private static final long ANYWHERE = 8;

        public AtSites {
            if (depth < 1 || depth > MAX_DEPTH) {
                throw new IllegalArgumentException("a depth of " + depth + "; it is 1 to " + MAX_DEPTH);
            }
        }

        private static Pct.Change change(SplitMix64 draws, Subject subject, Profile profile) {
            List<Profile.Site> sites = profile.sites();
            if (draws.below(ANYWHERE) == 0 || sites.isEmpty()) {
                return Pct.Change.anywhere(
                        draws,
                        subject.beginning().ticks(),
                        profile.span(),
                        subject.spec().cpus().count());
            }
            Profile.Site site = sites.get((int) draws.below(sites.size()));
            List<Long> moments = site.moments();
            return new Pct.Change(
                    moments.get((int) draws.below(moments.size())), site.vcpu().index());
        }

        @Override
        public String toString() {
            return SHARED + depth;
        }
    }

    /// The turns of a run.
    ///
    /// @param subject whose vCPUs and rounds count
    /// @param seed the run's
    /// @param profile of the subject
    default Scheduler scheduler(Subject subject, long seed, Profile profile) {
        long quantum = subject.spec().schedule().quantum();
        return switch (this) {
            case AtSites(int depth) -> Pct.of(quantum, seed, depth, draws -> AtSites.change(draws, subject, profile));
            case Random _ -> new Scheduler.Random(quantum, seed);
            case Jitter _ -> new Scheduler.Jitter(quantum, seed);
            case ByPriority(int depth) ->
                Pct.of(
                        quantum,
                        seed,
                        depth,
                        subject.beginning().ticks(),
                        profile.span(),
                        subject.spec().cpus().count());
        };
    }

    /// Reads `random`, `jitter`, `pct:DEPTH` or `shared:DEPTH`.
    ///
    /// @throws IllegalArgumentException if it is none of them
    static Strategy parse(String text) {
        Matcher deep = Pattern.compile("(pct:|shared:)([0-9]{1,3})").matcher(text);
        if (deep.matches()) {
            int depth = Integer.parseInt(deep.group(2));
            return deep.group(1).equals(SHARED) ? new AtSites(depth) : new ByPriority(depth);
        }
        return switch (text) {
            case "random" -> new Random();
            case "jitter" -> new Jitter();
            case String other ->
                throw new IllegalArgumentException("'" + other
                        + "' is no schedule: random, jitter, pct:DEPTH or shared:DEPTH, with a depth of 1 to "
                        + MAX_DEPTH);
        };
    }
}

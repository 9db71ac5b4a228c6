package dev.trapline.explore;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.machine.choice.PlannedFaults;
import dev.trapline.machine.choice.PlannedInjections;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.choice.ScheduledChoices;
import dev.trapline.machine.choice.SeededEntropy;
import java.util.Set;
import java.util.TreeSet;

/// The choices of runs: what a strategy and a seed make of a subject.
///
/// @param strategy chooses turns
/// @param swarm whether each run has only some of the plan's faults, so that one fault does not hide another
/// @param profile what one run of the subject tells about others
public record SeededChoices(Subject subject, Strategy strategy, boolean swarm, Profile profile) {

    private static final long SWARM = 0x7377_6172_6d21_2121L;

    /// The choices of the run that tells how long a run of a subject is: without faults, and in the machine's own
    /// order, so that it does not depend on chance.
    public static Choices measuring(Subject subject) {
        return new SeededChoices(subject.withFaults(FaultPlan.NONE), new Strategy.Jitter(), false, Profile.ofSpan(1))
                .inOrder(0);
    }

    /// The choices of an ordinary run: in the machine's own order, with the whole plan of faults and the machine's
    /// seed.
    public static Choices usual(Subject subject) {
        long seed = subject.spec().schedule().seed();
        return new SeededChoices(subject, new Strategy.Jitter(), false, Profile.ofSpan(1)).inOrder(seed);
    }

    /// The choices of a run.
    public Choices of(long seed) {
        return scheduled(seed, inOrder(seed));
    }

    /// Choices with the turns of a run.
    Choices scheduled(long seed, Choices others) {
        return new ScheduledChoices(strategy.scheduler(subject, seed, profile), others);
    }

    /// The same with the turns of the machine's own schedule.
    public Choices inOrder(long seed) {
        FaultPlan plan = plan(seed);
        return plan.isEmpty() ? withoutFaults(seed) : faulty(plan, seed);
    }

    /// The same with the faults of a plan.
    PlannedFaults faulty(FaultPlan plan, long seed) {
        return new PlannedFaults(plan, subject.spec(), seed, subject.beginning().ticks(), withoutFaults(seed));
    }

    /// What may go wrong in a run.
    FaultPlan plan(long seed) {
        return swarm ? some(subject.faults(), seed) : subject.faults();
    }

    /// The same without any fault.
    Choices withoutFaults(long seed) {
        MachineSpec spec = subject.spec();
        Choices choices = new OperatorChoices(
                new Requests(),
                new ConsoleInput(subject.script(), spec),
                new PlannedInjections(subject.injections()),
                new SeededEntropy(seed));
        return subject.end() == Choices.NEVER ? choices : new TimedChoices(choices, subject.end());
    }

    /// Each rule with an even chance, and those that it comes after.
    private static FaultPlan some(FaultPlan plan, long seed) {
        SplitMix64 draws = SplitMix64.of(seed, SWARM);
        Set<String> chosen = new TreeSet<>();
        for (FaultRule rule : plan.rules()) {
            if (draws.below(2) == 1) {
                chosen.add(rule.name());
            }
        }
        return Plans.only(plan, chosen);
    }
}

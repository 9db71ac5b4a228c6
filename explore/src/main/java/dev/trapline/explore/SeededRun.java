package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.NotedChoices;
import dev.trapline.machine.choice.PlannedFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A failing run of an exploration.
record SeededRun(SeededChoices seeded, long seed) implements FailingRun {

    @Override
    public FaultPlan rules() {
        return seeded.plan(seed);
    }

    @Override
    public List<PlannedInjection> injections() {
        return seeded.subject().injections();
    }

    @Override
    public Choices whole(FaultPlan some) {
        return with(seeded.subject().withFaults(some)).of(seed);
    }

    private SeededChoices with(Subject subject) {
        return new SeededChoices(subject, seeded.strategy(), false, seeded.profile());
    }

    @Override
    public Noted note(FaultPlan some, Predicate<Choices> fails) {
        PlannedFaults planned = seeded.faulty(some, seed);
        FaultedCalls.Notes calls = new FaultedCalls.Notes(seeded.scheduled(seed, planned));
        NotedChoices noted = new NotedChoices(calls);
        boolean same = fails.test(noted);
        List<Choice> choices = new ArrayList<>();
        for (Choice choice : noted.noted()) {
            switch (choice) {
                case Choice.OfFault _, Choice.OfTurn _ -> choices.add(choice);
                // The script and the seed are the same in each run.
                case Choice.OfArrival _, Choice.Planned _, Choice.RoundEnd _, Choice.OfEntropy _ -> {}
            }
        }
        return new Noted(same, choices, planned.injected(), calls.noted());
    }

    @Override
    public Choices bare(FaultPlan some, List<PlannedInjection> injected) {
        SeededChoices plain = with(seeded.subject().withInjections(injected));
        return some.isEmpty() ? plain.withoutFaults(seed) : plain.faulty(some, seed);
    }
}

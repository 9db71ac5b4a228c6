package dev.trapline.junit;

import dev.trapline.explore.Finding;
import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.Profile;
import dev.trapline.explore.Scenes;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Story;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.machine.choice.Choices;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/// Does a test once for each seed.
final class SeedRuns {

    private static final Path KEPT = Path.of("target", "trapline");

    private final Subject subject;
    private final Strategy strategy;
    private final boolean swarm;
    private SeededChoices choices;

    SeedRuns(Subject subject, String schedule, boolean swarm) {
        this.subject = subject;
        this.swarm = swarm;
        try {
            this.strategy = Strategy.parse(schedule);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException("@ExploreSeeds: " + e.getMessage(), e);
        }
        this.choices = new SeededChoices(subject, strategy, swarm, Profile.ofSpan(1));
    }

    /// A test method, its instance and arguments.
    ///
    /// @param arguments as JUnit resolved them
    record Body(Method method, Object instance, List<Object> arguments) {

        /// Does the test.
        ///
        /// @return how it failed; null if it passed
        /// @throws TestAbortedException if an assumption of it does not hold
        @Nullable
        Throwable invoke() {
            try {
                method.setAccessible(true);
                method.invoke(instance, arguments.toArray());
                return null;
            } catch (InvocationTargetException e) {
                Throwable failure = e.getCause() == null ? e : e.getCause();
                if (failure instanceof TestAbortedException aborted) {
                    throw aborted;
                }
                return failure;
            } catch (IllegalAccessException e) {
                throw new ExtensionConfigurationException(method + " cannot be called: " + e.getMessage(), e);
            }
        }

        /// A name for files.
        String name() {
            return instance.getClass().getSimpleName() + "." + method.getName();
        }
    }

    /// Does the test with each seed, until it fails.
    ///
    /// @throws AssertionFailedError with the shrunk failure, if it does
    void explore(long seeds, TestMachine machine, Body body) {
        Long only = Long.getLong("trapline.seed");
        long first = only == null ? 0 : only;
        long last = only == null ? seeds - 1 : only;
        if (last < first) {
            throw new ExtensionConfigurationException("@ExploreSeeds: " + seeds + " is no number of seeds");
        }
        choices = new SeededChoices(subject, strategy, swarm, Profile.of(Engines.standard(), subject, strategy));
        for (long seed = first; seed <= last; seed++) {
            machine.arm(choices.of(seed));
            Throwable failure = body.invoke();
            if (failure != null) {
                throw report(seed, seeds, failure, machine, body);
            }
            if (machine.last() == null) {
                throw new ExtensionConfigurationException(
                        body.name() + " does not run its machine: call TestMachine.run() in it");
            }
        }
    }

    private AssertionFailedError report(long seed, long seeds, Throwable failure, TestMachine machine, Body body) {
        Finding finding = SeedFailure.finding(failure, body.instance().getClass());
        Minimizer minimizer = new Minimizer(Engines.standard(), choices, TestMachine.NONE, Minimizer.RUNS);
        Minimum minimum = minimizer.minimize(seed, finding, some -> judged(some, machine, body));
        List<String> story = minimum == null
                ? List.of()
                : Story.of(
                        minimum,
                        subject.names(),
                        Scenes.of(Engines.standard(), subject, TestMachine.NONE, minimizer.choices(seed, minimum)));
        Path recording = null;
        Path smallest = null;
        if (minimum != null) {
            Path directory = KEPT.resolve(body.name());
            try (Recorder recorder = new Recorder(Engines.standard(), subject)) {
                recording = recorder.record(choices.of(seed), minimum.whole(), directory.resolve("seed-" + seed));
                smallest = recorder.record(
                        minimizer.choices(seed, minimum),
                        minimum.trial(),
                        directory.resolve("seed-" + seed + "-smallest"));
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        SeedFailure report =
                new SeedFailure(failure, seed, seeds, strategy.toString(), minimum, story, recording, smallest);
        AssertionFailedError error = new AssertionFailedError(report.text(), failure);
        error.setStackTrace(failure.getStackTrace());
        return error;
    }

    /// A run of the test, judged by the test.
    private static Trial judged(Choices some, TestMachine machine, Body body) {
        machine.arm(some);
        Throwable failure = body.invoke();
        Trial trial = machine.last();
        if (trial == null) {
            throw new IllegalStateException("the test ran its machine before, and did not now");
        }
        return trial.with(
                failure == null
                        ? null
                        : SeedFailure.finding(failure, body.instance().getClass()));
    }
}

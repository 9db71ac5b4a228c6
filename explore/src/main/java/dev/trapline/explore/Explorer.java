package dev.trapline.explore;

import dev.trapline.abi.engine.EngineFactory;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a machine with one seed after the other, on several threads, and groups the failures. The result does not
/// depend on the number of threads.
public final class Explorer {

    /// One run of so many is done twice. If they differ, that is a failure.
    private static final long CHECKED = 20;

    private final EngineFactory engines;
    private final SeededChoices choices;
    private final Oracle oracle;
    private final Seeds seeds;
    private final SortedMap<String, FailureGroup> groups = new TreeMap<>();
    private final SortedSet<Long> beyond = new TreeSet<>();
    private long next;
    /// All seeds below have had their run.
    private long done;
    private Kept kept;

    private long runs;
    private long failed;
    private long checked;
    private long slices;
    private long instructions;
    private long longest;
    private Coverage coverage = Coverage.NOTHING;
    private volatile boolean stopped;
    private CountDownLatch working = new CountDownLatch(0);
    private @Nullable RuntimeException broken;

    /// @param choices the choices of each run
    /// @param oracle judges the runs
    public Explorer(EngineFactory engines, SeededChoices choices, Oracle oracle, Seeds seeds) {
        this.engines = engines;
        this.choices = choices;
        this.oracle = oracle;
        this.seeds = seeds;
        this.next = seeds.first();
        this.done = seeds.first();
        this.kept = new Kept(seeds.first(), Tally.NOTHING);
    }

    /// What is known of the seeds below one, to continue from there.
    ///
    /// @param next the seed to continue with
    /// @param tally of the seeds below
    public record Kept(long next, Tally tally) {}

    /// Continues where an earlier exploration ended.
    public synchronized void resume(Kept earlier) {
        Tally tally = earlier.tally();
        next = earlier.next();
        done = earlier.next();
        runs = tally.runs();
        failed = tally.failed();
        checked = tally.checked();
        slices = tally.slices();
        instructions = tally.instructions();
        longest = tally.longest();
        coverage = tally.coverage();
        tally.groups().forEach(group -> groups.put(group.finding().group(), group));
        kept = earlier;
    }

    /// Begins to run the seeds.
    ///
    /// @param jobs how many threads, each with its own machine, 1 or more
    /// @param threads starts a thread for each job
    public void begin(int jobs, Executor threads) {
        working = new CountDownLatch(jobs);
        for (int job = 0; job < jobs; job++) {
            threads.execute(this::work);
        }
    }

    /// Waits for the end.
    ///
    /// @param millis how long at most
    /// @return whether all threads have ended
    /// @throws RuntimeException what the making of a machine threw
    public boolean await(long millis) throws InterruptedException {
        boolean ended = working.await(millis, TimeUnit.MILLISECONDS);
        synchronized (this) {
            if (broken != null) {
                throw broken;
            }
        }
        return ended;
    }

    /// Leaves the exploration: no run begins, and those that have begun are left. For any thread.
    public void stop() {
        stopped = true;
    }

    /// Whether it is being left. For any thread.
    public boolean isStopped() {
        return stopped;
    }

    /// How far it is. For any thread.
    public synchronized Tally tally() {
        return new Tally(runs, failed, checked, slices, instructions, longest, List.copyOf(groups.values()), coverage);
    }

    /// The newest place to continue from. For any thread.
    public synchronized Kept kept() {
        return kept;
    }

    private void work() {
        try (TrialMachine machine = new TrialMachine(engines, choices.subject(), oracle)) {
            for (Long seed = take(); seed != null; seed = take()) {
                boolean twice = seed % CHECKED == 0;
                Trial trial = trial(machine, seed, twice);
                if (trial != null) {
                    note(machine, seed, trial, twice);
                }
            }
            // WIDE: what goes wrong on this thread is thrown on the caller's.
        } catch (RuntimeException e) {
            fail(e);
        } catch (Error e) {
            fail(new IllegalStateException("an explored machine failed: " + e, e));
        } finally {
            working.countDown();
        }
    }

    private synchronized void fail(RuntimeException why) {
        broken = broken == null ? why : broken;
        stopped = true;
    }

    private @Nullable Trial trial(TrialMachine machine, long seed, boolean twice) {
        Trial trial = machine.run(choices.of(seed), () -> stopped);
        if (!twice || trial == null) {
            return trial;
        }
        Trial again = machine.run(choices.of(seed), () -> stopped);
        if (again == null) {
            return null;
        }
        return again.digest() == trial.digest() && again.slices() == trial.slices()
                ? trial
                : trial.with(new Finding(
                        Finding.Kind.UNSTEADY, "two runs of one seed", "two runs with the seed " + seed + " differ"));
    }

    private synchronized @Nullable Long take() {
        return stopped || next > seeds.last() ? null : next++;
    }

    private synchronized void note(TrialMachine machine, long seed, Trial trial, boolean twice) {
        runs++;
        checked += twice ? 1 : 0;
        slices += trial.slices();
        instructions += trial.instructions();
        longest = Math.max(longest, trial.ticks());
        coverage = machine.addTo(coverage, trial);
        Finding finding = trial.finding();
        if (finding != null) {
            failed++;
            groups.merge(finding.group(), FailureGroup.of(seed, trial, finding), FailureGroup::and);
        }
        beyond.add(seed);
        while (beyond.remove(done)) {
            done++;
        }
        if (beyond.isEmpty()) {
            kept = new Kept(done, tally());
        }
    }
}

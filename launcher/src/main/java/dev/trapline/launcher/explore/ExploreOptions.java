package dev.trapline.launcher.explore;

import dev.trapline.config.CommandLineSetting;
import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Seeds;
import dev.trapline.explore.Strategy;
import dev.trapline.launcher.output.CommandException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that only `trapline explore` has, and those of the machine that it needs most. The rest of the machine
/// is in the configuration.
final class ExploreOptions {

    /// How many instructions a run has, unless it is told otherwise: a run that does not end is a failure.
    private static final String MAX_INSTRUCTIONS = "2000000";

    private static final int MAX_JOBS = 64;
    private static final int MAX_RUNS = 100_000;

    private final List<CommandLineSetting> settings = new ArrayList<>();
    private final List<String> patterns = new ArrayList<>();
    private String seeds = "1000";
    private String schedule = "random";
    private boolean swarm;
    private boolean limited;
    private @Nullable String jobs;
    private @Nullable String budget;
    private @Nullable Path out;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            order = 1,
            description = "How many runs, as in 1000, or the first and the last seed, as in 17..20 (default 1000).")
    void seeds(@Nullable String value) {
        seeds = value == null ? seeds : value;
    }

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            order = 2,
            description = "How the vCPUs get their turns: random; jitter, which keeps their order; pct:DEPTH, with "
                    + "priorities that change DEPTH-1 times; or shared:DEPTH, where they change at calls and at "
                    + "memory that vCPUs share (default random).")
    void schedule(@Nullable String value) {
        schedule = value == null ? schedule : value;
    }

    @Option(
            names = "--faults",
            paramLabel = "FILE",
            order = 3,
            description = "Let firmware calls go wrong by this plan: see 'trapline faults list'.")
    void faults(@Nullable Path value) {
        set("run.faults", "--faults", value);
    }

    @Option(names = "--swarm", order = 4, description = "Give each run only some of the plan's faults.")
    void swarm(boolean given) {
        swarm = given;
    }

    @Option(
            names = "--fail-on",
            paramLabel = "REGEX",
            order = 5,
            description = "A line of the console that matches is a failure. May be repeated. Tests that are not ok "
                    + "(TAP, KTAP), and panics and warnings of Linux, always are.")
    void patterns(@Nullable List<String> values) {
        patterns.clear();
        if (values != null) {
            patterns.addAll(values);
        }
    }

    @Option(
            names = "--out",
            paramLabel = "DIR",
            order = 6,
            description = "Keep the failures in this directory, recorded, each with a JUnit test. If an exploration of "
                    + "the same guest was interrupted there, it continues.")
    void out(@Nullable Path value) {
        out = value;
    }

    @Option(
            names = "--minimize-runs",
            paramLabel = "N",
            order = 7,
            description = "Runs for shrinking each kind of failure, 1 to 100000, or 0 for none (default 200).")
    void budget(@Nullable String value) {
        budget = value;
    }

    @Option(
            names = "--jobs",
            paramLabel = "N",
            order = 8,
            description = "Machines that run at the same time, 1 to 64 (default: the number of CPUs).")
    void jobs(@Nullable String value) {
        jobs = value;
    }

    @Option(names = "--cpus", paramLabel = "N", order = 10, description = "vCPUs, 1 to 64 (default 1).")
    void cpus(@Nullable String value) {
        set("machine.cpus", "--cpus", value);
    }

    @Option(names = "--memory", paramLabel = "SIZE", order = 11, description = "RAM, as in 256M (default 128M).")
    void memory(@Nullable String value) {
        set("machine.memory", "--memory", value);
    }

    @Option(
            names = "--load-address",
            paramLabel = "ADDRESS",
            order = 9,
            description = "IMAGE is a raw image, not an ELF file: load it at this address and start at its first byte.")
    void loadAddress(@Nullable String value) {
        set("run.load-address", "--load-address", value);
    }

    @Option(
            names = "--slice",
            paramLabel = "N",
            order = 12,
            description = "Length of a round in ticks, 1 to 10000000 (default 20000). A vCPU can be held up for no "
                    + "longer than a round.")
    void slice(@Nullable String value) {
        set("run.slice", "--slice", value);
    }

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            order = 13,
            description = "A run that has not ended after this many instructions has failed (default 2000000).")
    void maxInstructions(@Nullable String value) {
        limited = value != null;
        set("run.max-instructions", "--max-instructions", value);
    }

    private void set(String path, String option, @Nullable Object value) {
        if (value != null) {
            settings.add(new CommandLineSetting("trapline." + path, value.toString(), option + " " + value));
        }
    }

    /// The options that stand for configuration keys.
    List<CommandLineSetting> settings() {
        return List.copyOf(settings);
    }

    /// A limit of instructions, if the user gives none.
    List<CommandLineSetting> limit() {
        return limited
                ? List.of()
                : List.of(new CommandLineSetting(
                        "trapline.run.max-instructions", MAX_INSTRUCTIONS, "--max-instructions " + MAX_INSTRUCTIONS));
    }

    Seeds seeds() {
        return parsed("--seeds", seeds, Seeds::parse);
    }

    Strategy strategy() {
        return parsed("--schedule", schedule, Strategy::parse);
    }

    private static <T> T parsed(String option, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(option + ": " + e.getMessage(), e);
        }
    }

    boolean isSwarm() {
        return swarm;
    }

    Oracle oracle() {
        return oracle(patterns);
    }

    /// What is a failure.
    ///
    /// @param patterns lines of the console that are, besides the usual ones
    static Oracle oracle(List<String> patterns) {
        List<Pattern> all = new ArrayList<>(Oracle.USUAL);
        for (String pattern : patterns) {
            try {
                all.add(Pattern.compile(pattern));
            } catch (PatternSyntaxException e) {
                throw CommandException.usage("--fail-on '" + pattern + "' is no regular expression: "
                        + e.getDescription() + " at character " + (e.getIndex() + 1));
            }
        }
        return new Oracle(all, List.of());
    }

    @Nullable
    Path out() {
        return out;
    }

    int jobs() {
        return jobs == null
                ? Math.min(MAX_JOBS, Runtime.getRuntime().availableProcessors())
                : number("--jobs", jobs, 1, MAX_JOBS);
    }

    /// How many runs may shrink a failure; 0 if none is to be shrunk.
    int budget() {
        return budget == null ? Minimizer.RUNS : number("--minimize-runs", budget, 0);
    }

    /// A number of runs.
    static int number(String option, String text, int least) {
        return number(option, text, least, MAX_RUNS);
    }

    private static int number(String option, String text, int least, int most) {
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw CommandException.usage(option + " '" + text + "' is no number from " + least + " to " + most);
    }
}

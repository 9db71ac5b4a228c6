package dev.trapline.launcher.explore;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Visible;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.Tally;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.ShellText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What an exploration found, for people and for programs.
///
/// @param again the command that has a run again, without its seed
/// @param seeds what was asked for
/// @param schedule its name
/// @param nanos host time of the runs
record ExploreReport(
        String again, String seeds, String schedule, Tally tally, List<Failure> failures, long nanos, long runsNow) {

    /// The most lines of a story that are shown. A longer one is whole in its file.
    private static final int LINES = 12;

    /// Frames of the search for a minimum say nothing about a service.
    private static final String SEARCH = "\tat dev.trapline.explore.";

    ExploreReport {
        failures = List.copyOf(failures);
    }

    /// How fast it was, as one line.
    String figures() {
        return Figures.rate(runsNow, nanos) + " runs/s, " + Figures.count(tally.checked(), "run")
                + " checked by a second one";
    }

    /// The result in one line, each kind of failure, and what the runs did.
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(Figures.count(tally.runs(), "run"))
                .append(" with the seeds ")
                .append(seeds)
                .append(", schedule ")
                .append(schedule)
                .append(": ")
                .append(
                        tally.failed() == 0
                                ? "none failed"
                                : String.format(
                                        Locale.ROOT,
                                        "%,d failed, in %s",
                                        tally.failed(),
                                        Figures.count(failures.size(), "way")))
                .append('\n');
        for (Failure failure : failures) {
            describe(failure, text);
        }
        return text.append(new CoverageReport(tally.coverage()).text()).toString();
    }

    private void describe(Failure failure, StringBuilder text) {
        FailureGroup group = failure.group();
        text.append(group.finding().group())
                .append(": ")
                .append(group.finding().text())
                .append("\n  ")
                .append(Figures.count(group.runs(), "run"))
                .append(", first with seed ")
                .append(group.firstSeed())
                .append("; the shortest is that with seed ")
                .append(group.seed())
                .append(", ")
                .append(Figures.count(group.slices(), "slice"))
                .append('\n');
        Minimum minimum = failure.minimum();
        if (minimum != null) {
            text.append("  ").append(needed(minimum)).append('\n');
            shown(failure.story())
                    .forEach(line -> text.append("    ").append(line).append('\n'));
        }
        trace(minimum, "  ", text);
        if (!failure.lastCalls().isEmpty()) {
            text.append("  its last calls:\n");
            failure.lastCalls().forEach(call -> text.append("    ").append(call).append('\n'));
        }
        paths(failure, text);
    }

    /// The beginning of a story, and how much longer it is.
    static List<String> shown(List<String> story) {
        if (story.size() <= LINES) {
            return story;
        }
        List<String> shown = new ArrayList<>(story.subList(0, LINES));
        shown.add("... and " + Figures.count(story.size() - LINES, "more line"));
        return shown;
    }

    /// The stack trace of a service that failed: it is the user's code.
    static void trace(@Nullable Minimum minimum, String indent, StringBuilder text) {
        String trace = minimum == null ? null : minimum.trial().trace();
        if (trace != null) {
            Visible.lines(trace)
                    .lines()
                    .filter(line -> !line.contains(SEARCH))
                    .forEach(line -> text.append(indent).append(line).append('\n'));
        }
    }

    private void paths(Failure failure, StringBuilder text) {
        if (failure.recording() == null) {
            text.append("  to record it: ")
                    .append(again)
                    .append(" --seeds ")
                    .append(failure.group().seed())
                    .append("..")
                    .append(failure.group().seed())
                    .append(" --out DIR\n");
            return;
        }
        append("  recorded: trapline replay ", failure.recording(), text);
        append("  what is left of it: trapline replay ", failure.smallest(), text);
        append("  its faults as a plan: ", failure.plan(), text);
        FailureTest test = failure.test();
        if (test != null) {
            text.append("  ").append(test.text()).append('\n');
        }
    }

    private static void append(String what, @Nullable Path path, StringBuilder text) {
        if (path != null) {
            text.append(what).append(ShellText.quoted(path)).append('\n');
        }
    }

    /// What a failure needs, as the heading of its story.
    static String needed(Minimum minimum) {
        int left = minimum.rules().rules().size()
                + minimum.choices().size()
                + minimum.injections().size();
        return String.format(
                Locale.ROOT,
                "of %s it needs %,d (%s%s):",
                Figures.count(minimum.before(), "choice"),
                left,
                Figures.count(minimum.runs(), "run"),
                minimum.isMinimal()
                        ? "; without any one of them, it does not fail so"
                        : "; it may need fewer: --minimize-runs allows more");
    }

    JsonObject json() {
        List<Object> groups = new ArrayList<>();
        for (Failure failure : failures) {
            groups.add(json(failure));
        }
        return JsonObject.document("exploration")
                .with("schedule", schedule)
                .with("runs", tally.runs())
                .with("failed", tally.failed())
                .with("checked", tally.checked())
                .with("failures", groups)
                .with("coverage", new CoverageReport(tally.coverage()).json());
    }

    private static JsonObject json(Failure failure) {
        FailureGroup group = failure.group();
        JsonObject object = new JsonObject()
                .with("name", group.finding().group())
                .with("failure", group.finding().kind().id())
                .with("message", group.finding().text())
                .with("runs", group.runs())
                .with("firstSeed", group.firstSeed())
                .with("seedOfShortest", group.seed())
                .with("slices", group.slices());
        Minimum minimum = failure.minimum();
        if (minimum != null) {
            object.with("choices", minimum.before())
                    .with("minimal", minimum.isMinimal())
                    .with("story", failure.story());
        }
        return object.withAny("recording", text(failure.recording()))
                .withAny("smallest", text(failure.smallest()))
                .withAny("plan", text(failure.plan()))
                .withAny("test", FailureTest.file(failure.test()));
    }

    private static @Nullable String text(@Nullable Path path) {
        return path == null ? null : path.toString();
    }
}

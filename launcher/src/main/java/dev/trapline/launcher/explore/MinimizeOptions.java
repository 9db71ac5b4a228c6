package dev.trapline.launcher.explore;

import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Oracle;
import dev.trapline.launcher.options.PositionText;
import dev.trapline.timeline.PositionQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `trapline minimize`.
final class MinimizeOptions {

    private final List<String> patterns = new ArrayList<>();
    private @Nullable Path out;
    private @Nullable String budget;
    private @Nullable String from;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            order = 1,
            description = "Where what is left is recorded (default: the recording's name with '-smallest'). It must "
                    + "not exist.")
    void out(@Nullable Path value) {
        out = value;
    }

    @Option(
            names = "--minimize-runs",
            paramLabel = "N",
            order = 2,
            description = "Runs for shrinking, 1 to 100000 (default 200).")
    void budget(@Nullable String value) {
        budget = value;
    }

    @Option(
            names = "--fail-on",
            paramLabel = "REGEX",
            order = 3,
            description = "A line of the console that matches is a failure. May be repeated. Tests that are not ok "
                    + "(TAP, KTAP), and panics and warnings of Linux, always are.")
    void patterns(@Nullable List<String> values) {
        patterns.clear();
        if (values != null) {
            patterns.addAll(values);
        }
    }

    @Option(
            names = "--from",
            paramLabel = "POS",
            order = 4,
            description =
                    "Leave the run up to this position as it is: each try begins there, and not at power-on. POS is "
                            + "as for 'trapline replay --at'.")
    void from(@Nullable String value) {
        from = value;
    }

    /// Where the tries begin; null for power-on.
    @Nullable
    PositionQuery from() {
        return from == null ? null : PositionText.parse("--from", from);
    }

    Oracle oracle() {
        return ExploreOptions.oracle(patterns);
    }

    int budget() {
        return budget == null ? Minimizer.RUNS : ExploreOptions.number("--minimize-runs", budget, 1);
    }

    /// Where the smaller one goes.
    ///
    /// @param recording the one to shrink
    Path outFor(Path recording) {
        Path given = out;
        if (given != null) {
            return given;
        }
        Path whole = recording.toAbsolutePath().normalize();
        return recording.resolveSibling(whole.getFileName() + "-smallest");
    }
}

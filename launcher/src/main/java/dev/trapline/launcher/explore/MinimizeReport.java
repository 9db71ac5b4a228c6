package dev.trapline.launcher.explore;

import dev.trapline.explore.Finding;
import dev.trapline.explore.Minimum;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.ShellText;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is left of a recorded run.
///
/// @param story see [dev.trapline.explore.Story]
/// @param lastCalls of the smaller run
/// @param smallest its recording
/// @param plan its faults; null if it has none
/// @param test its JUnit test
record MinimizeReport(
        Finding finding,
        Minimum minimum,
        List<String> story,
        List<String> lastCalls,
        Path smallest,
        @Nullable Path plan,
        FailureTest test) {

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(finding.text())
                .append('\n')
                .append(ExploreReport.needed(minimum))
                .append('\n');
        story.forEach(line -> text.append("  ").append(line).append('\n'));
        ExploreReport.trace(minimum, "", text);
        if (!lastCalls.isEmpty()) {
            text.append("its last calls:\n");
            lastCalls.forEach(call -> text.append("  ").append(call).append('\n'));
        }
        text.append("recorded: trapline replay ")
                .append(ShellText.quoted(smallest))
                .append('\n');
        if (plan != null) {
            text.append("its faults as a plan: ").append(ShellText.quoted(plan)).append('\n');
        }
        return text.append(test.text()).append('\n').toString();
    }

    JsonObject json() {
        return JsonObject.document("minimum")
                .with("failure", finding.kind().id())
                .with("message", finding.text())
                .with("choices", minimum.before())
                .with("minimal", minimum.isMinimal())
                .with("story", story)
                .with("smallest", smallest.toString())
                .withAny("plan", plan == null ? null : plan.toString())
                .withAny("test", FailureTest.file(test));
    }
}

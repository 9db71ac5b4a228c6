package dev.trapline.launcher.explore;

import dev.trapline.abi.Figures;
import dev.trapline.explore.CallInState;
import dev.trapline.explore.CodeSet;
import dev.trapline.explore.Coverage;
import dev.trapline.launcher.output.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the runs of an exploration did, for people and for programs.
record CoverageReport(Coverage coverage) {

    /// The most functions and states that are shown to people.
    private static final int LINES = 40;

    /// The numbers in one line, then the results of each function in each state, then the rules of the plan.
    String text() {
        StringBuilder text = new StringBuilder("coverage: ");
        CodeSet code = coverage.code();
        if (!code.isEmpty()) {
            text.append(code.isFull() ? "at least " : "")
                    .append(Figures.count(code.blocks(), "block"))
                    .append(" of code with ")
                    .append(Figures.count(code.instructions(), "instruction"))
                    .append(", ");
        }
        text.append(Figures.count(coverage.calls().size(), "combination")).append(" of call, state and result\n");
        Map<String, List<String>> results = results();
        results.entrySet().stream()
                .limit(LINES)
                .forEach(each -> text.append("  ")
                        .append(each.getKey())
                        .append(": ")
                        .append(String.join(", ", each.getValue()))
                        .append('\n'));
        if (results.size() > LINES) {
            text.append("  ... and ")
                    .append(Figures.count(results.size() - LINES, "more line"))
                    .append('\n');
        }
        coverage.faults()
                .forEach((rule, fired) -> text.append("  fault '")
                        .append(rule)
                        .append("': ")
                        .append(fired == 0 ? "never" : Figures.count(fired, "time"))
                        .append('\n'));
        return text.toString();
    }

    private Map<String, List<String>> results() {
        Map<String, List<String>> results = new LinkedHashMap<>();
        for (CallInState each : coverage.calls()) {
            results.computeIfAbsent(each.function() + ", " + each.state(), _ -> new ArrayList<>())
                    .add(each.result());
        }
        return results;
    }

    JsonObject json() {
        List<Object> ranges = new ArrayList<>();
        for (CodeSet.Range range : coverage.code().ranges()) {
            ranges.add(new JsonObject().with("first", hex(range.first())).with("last", hex(range.last())));
        }
        List<Object> calls = new ArrayList<>();
        for (CallInState call : coverage.calls()) {
            calls.add(new JsonObject()
                    .with("function", call.function())
                    .with("inState", call.state())
                    .with("resultName", call.result()));
        }
        List<Object> rules = new ArrayList<>();
        coverage.faults()
                .forEach((rule, fired) ->
                        rules.add(new JsonObject().with("name", rule).with("fired", fired)));
        return new JsonObject()
                .with("blocks", coverage.code().blocks())
                .with("instructions", coverage.code().instructions())
                .with("complete", !coverage.code().isFull())
                .with("ranges", ranges)
                .with("combinations", calls)
                .with("rules", rules);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}

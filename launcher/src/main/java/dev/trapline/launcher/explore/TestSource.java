package dev.trapline.launcher.explore;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Visible;
import dev.trapline.explore.ChosenTurns;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.TestedMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A JUnit test of one failure, as a Java source file.
///
/// @param className see [TestName]
/// @param turns that are not the usual ones
/// @param faults the path of the plan of faults; null if there is none
/// @param finding what must not happen
/// @param pattern of a failure on the console; null for other failures
/// @param story what the failure needs, a line for each choice
record TestSource(
        String className,
        Guest guest,
        TestedMachine machine,
        ChosenTurns turns,
        @Nullable String faults,
        Finding finding,
        @Nullable Pattern pattern,
        List<String> story) {

    private static final int WIDTH = 120;

    /// The file of the guest.
    ///
    /// @param isPath whether it is its path; otherwise only its name is known
    record Guest(Path file, boolean isPath) {}

    /// What the test asserts.
    ///
    /// @param method the name of its method
    /// @param assertion a method of GuestRunAssert, with arguments
    private record Claim(String method, String assertion) {}

    TestSource {
        story = List.copyOf(story);
    }

    /// The file's content.
    String text() {
        Claim claim = claim();
        StringBuilder text = new StringBuilder();
        text.append("import static dev.trapline.junit.GuestRunAssert.assertThat;\n\n");
        if (!turns.isEmpty()) {
            text.append("import dev.trapline.junit.Interleaving;\n");
        }
        text.append("import dev.trapline.junit.MachineTest;\nimport dev.trapline.junit.TestMachine;\n");
        if (turns.isEmpty()) {
            text.append("import org.junit.jupiter.api.Test;\n");
        }
        appendComment(text.append('\n'));
        appendMachine(text);
        text.append("class ").append(className).append(" {\n\n");
        appendTest(text);
        return text.append("    void ")
                .append(claim.method())
                .append("(TestMachine machine) {\n        assertThat(machine.run()).")
                .append(claim.assertion())
                .append(";\n    }\n}\n")
                .toString();
    }

    private void appendComment(StringBuilder text) {
        List<String> lines = new ArrayList<>();
        lines.add(finding.group() + ": " + finding.text() + ".");
        lines.add("");
        lines.add("The failure needs:");
        ExploreReport.shown(story).forEach(line -> lines.add("- " + line));
        if (!guest.isPath()) {
            lines.add("");
            lines.add("The recording does not say where the guest is: give its path.");
        }
        for (String line : lines) {
            // A backslash with a u behind it would be a Unicode escape, also in a comment.
            appendWrapped(text, Visible.line(line).replace("\\", "\\\\"));
        }
    }

    private static void appendWrapped(StringBuilder text, String line) {
        StringBuilder row = new StringBuilder("///");
        for (String word : line.split(" ", -1)) {
            if (row.length() + 1 + word.length() > WIDTH) {
                text.append(row).append('\n');
                row = new StringBuilder("///  ");
            }
            row.append(' ').append(word);
        }
        text.append(row.toString().stripTrailing()).append('\n');
    }

    private void appendMachine(StringBuilder text) {
        List<String> values = new ArrayList<>();
        values.add("guest = " + literal(guest.file().toString()));
        if (machine.cpus() != 1) {
            values.add("cpus = " + machine.cpus());
        }
        if (machine.board() != BoardKind.BARE) {
            values.add("board = " + literal(machine.board().id()));
        }
        if (machine.memory() != TestedMachine.MEMORY) {
            values.add("memory = " + machine.memory());
        }
        if (machine.maxInstructions() != TestedMachine.MAX_INSTRUCTIONS) {
            values.add("maxInstructions = " + number(machine.maxInstructions()));
        }
        if (machine.seed() != 0) {
            values.add("seed = " + number(machine.seed()));
        }
        if (faults != null) {
            values.add("faults = " + literal(faults));
        }
        String line = "@MachineTest(" + String.join(", ", values) + ")\n";
        text.append(
                line.length() <= WIDTH ? line : "@MachineTest(\n        " + String.join(",\n        ", values) + ")\n");
    }

    private void appendTest(StringBuilder text) {
        if (turns.isEmpty()) {
            text.append("    @Test\n");
            return;
        }
        List<String> lines = turns.lines(machine.cpus());
        if (lines.size() == 1) {
            text.append("    @Interleaving(").append(literal(lines.getFirst())).append(")\n");
            return;
        }
        text.append("    @Interleaving({\n");
        for (int n = 0; n < lines.size(); n++) {
            text.append("        ")
                    .append(literal(lines.get(n)))
                    .append(n + 1 < lines.size() ? "," : "")
                    .append('\n');
        }
        text.append("    })\n");
    }

    private Claim claim() {
        return switch (finding.kind()) {
            case EXIT_STATUS -> new Claim("itEndsWithStatus0", "endedWithStatus(0)");
            case GUEST_FAULT -> new Claim("itDoesNotFault", "didNotFault()");
            case DEADLOCK -> new Claim("itDoesNotDeadlock", "didNotDeadlock()");
            case NO_PROGRESS -> new Claim("itEndsInTime", "endedInTime()");
            case CONSOLE ->
                pattern == null || isUsual(pattern)
                        ? new Claim("itPrintsNoFailure", "printedNoFailure()")
                        : new Claim("itDoesNotPrintThat", "printedNoLine(" + literal(pattern.pattern()) + ")");
            case SERVICE -> new Claim("noServiceFails", "noServiceFailed()");
            case INVARIANT, UNSTEADY, BROKEN ->
                throw new IllegalArgumentException(
                        "no test of a failure of the kind " + finding.kind().id());
        };
    }

    private static boolean isUsual(Pattern pattern) {
        return Oracle.USUAL.stream().map(Pattern::pattern).anyMatch(pattern.pattern()::equals);
    }

    private static String number(long value) {
        String digits = String.format(Locale.ROOT, "%,d", value).replace(',', '_');
        return value == (int) value ? digits : digits + "L";
    }

    /// A text as Java writes it, in ASCII.
    private static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\\') {
                literal.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                literal.append(c);
            } else {
                literal.append(c < ' ' ? String.format("\\%03o", (int) c) : String.format("\\u%04x", (int) c));
            }
        }
        return literal.append('"').toString();
    }
}

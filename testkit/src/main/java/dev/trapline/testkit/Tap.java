package dev.trapline.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A guest's output in the Test Anything Protocol.
///
/// @param plan the announced number of checks; -1 if none was announced
/// @param checks the checks, in order
/// @param strange lines that do not belong to the protocol
public record Tap(int plan, List<Check> checks, List<String> strange) {

    private static final Pattern CHECK = Pattern.compile("(not )?ok (\\d+) - (.*?)(?: # SKIP (.*))?");
    private static final Pattern PLAN = Pattern.compile("1\\.\\.(\\d+)");
    private static final String VERSION = "TAP version 13";

    /// One check.
    ///
    /// @param number the number that was printed
    /// @param holds whether it is `ok`
    /// @param text what it checks
    /// @param skipped why the check was skipped; empty if it was made
    public record Check(int number, boolean holds, String text, String skipped) {

        /// Whether the check was made, and not skipped.
        public boolean isMade() {
            return skipped.isEmpty();
        }
    }

    /// Reads a guest's console output.
    public static Tap of(String console) {
        int plan = -1;
        List<Check> checks = new ArrayList<>();
        List<String> strange = new ArrayList<>();
        for (String line : console.lines().toList()) {
            Matcher check = CHECK.matcher(line);
            Matcher planned = PLAN.matcher(line);
            if (check.matches()) {
                String skipped = check.group(4) == null ? "" : check.group(4);
                checks.add(
                        new Check(Integer.parseInt(check.group(2)), check.group(1) == null, check.group(3), skipped));
            } else if (planned.matches()) {
                plan = Integer.parseInt(planned.group(1));
            } else if (!line.equals(VERSION) && !line.startsWith("#")) {
                strange.add(line);
            }
        }
        return new Tap(plan, List.copyOf(checks), List.copyOf(strange));
    }
}

package dev.trapline.launcher.explore;

import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Finding;
import java.nio.file.Path;
import java.util.List;

/// The name of a test's class: the guest's, and how it failed, as in `HotplugExitStatusTest`.
final class TestName {

    /// A longer name of a guest is cut.
    private static final int LONGEST = 60;

    private TestName() {}

    /// The name of the only test of a guest.
    static String of(Path guest, Finding finding) {
        return guest(guest) + camel(finding.kind().id()) + "Test";
    }

    /// The name of one of several tests: with the digits of its group, if another one fails in the same manner.
    static String of(Path guest, Finding finding, List<FailureGroup> all) {
        long alike = all.stream()
                .filter(group -> group.finding().kind() == finding.kind())
                .count();
        String group = alike > 1 ? finding.group() : finding.kind().id();
        return guest(guest) + camel(group) + "Test";
    }

    private static String guest(Path file) {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z0-9]{1,5}$", "");
        String words = camel(name);
        String cut = words.substring(0, Math.min(LONGEST, words.length()));
        return cut.isEmpty() || Character.isDigit(cut.charAt(0)) ? "Guest" + cut : cut;
    }

    private static String camel(String name) {
        StringBuilder words = new StringBuilder();
        for (String word : name.split("[^A-Za-z0-9]+", -1)) {
            if (!word.isEmpty()) {
                words.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
        }
        return words.toString();
    }
}

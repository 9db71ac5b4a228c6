package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Links between documents have targets, and the change log has the format of keepachangelog.com.
class MarkdownTest {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern TEST_NAME = Pattern.compile("`([A-Z]\\w+Test)`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern RELEASE =
            Pattern.compile("## \\[(Unreleased]|\\d+\\.\\d+\\.\\d+] - \\d{4}-\\d{2}-\\d{2})");
    private static final Set<String> SECTIONS =
            Set.of("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");

    @Test
    void everyLinkLeadsToAFileAndAHeading() {
        List<Finding> broken = new ArrayList<>();
        for (Path path : Repository.markdownFiles()) {
            broken.addAll(brokenLinks(path, Repository.read(path)));
        }
        assertThat(broken).as("links without a target").isEmpty();
    }

    @Test
    void aLinkThatLeadsNowhereIsFound() {
        String text = "# A\n[a](absent.md) [b](#absent) [c](#a) [d](https://github.com/) [e](pom.xml)\n";

        assertThat(brokenLinks(Path.of("x.md"), text))
                .as("one absent file, one absent heading")
                .hasSize(2);
    }

    @Test
    void everyTestThatADocumentNamesExists() {
        Set<String> tests = Repository.javaFiles().stream()
                .map(path -> Repository.name(path).replace(".java", ""))
                .collect(Collectors.toSet());
        List<Finding> absent = new ArrayList<>();
        for (Path path : Repository.markdownFiles()) {
            TEST_NAME
                    .matcher(Repository.read(path))
                    .results()
                    .map(name -> name.group(1))
                    .filter(name -> !tests.contains(name))
                    .forEach(name ->
                            absent.add(new Finding(path, 0, "names the test " + name + ", which does not exist")));
        }
        assertThat(absent).as("a document may name only tests that exist").isEmpty();
    }

    @Test
    void theChangeLogNamesReleasesAndKindsOfChange() {
        List<String> lines = Repository.read(Path.of("CHANGELOG.md")).lines().toList();

        assertThat(lines.getFirst()).isEqualTo("# Changelog");
        assertThat(lines.stream().filter(line -> line.startsWith("## ")))
                .as("headings of releases: '## [Unreleased]' or '## [1.2.3] - 2026-01-31'")
                .isNotEmpty()
                .allMatch(MarkdownTest::isRelease);
        assertThat(lines.stream().filter(line -> line.startsWith("### ")))
                .as("headings within a release")
                .isNotEmpty()
                .allMatch(line -> SECTIONS.contains(line.substring(4)));
    }

    @Test
    void everyDecisionHasItsFourParts() {
        Path directory = Path.of("docs", "adr");
        Set<Path> decisions = Repository.markdownFiles().stream()
                .filter(path -> path.startsWith(directory))
                .filter(path -> Repository.name(path).matches("\\d{4}-.*"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(decisions).as("decisions under docs/adr").isNotEmpty();
        assertThat(decisions)
                .as("a decision has these sections")
                .allSatisfy(path -> assertThat(Repository.read(path))
                        .contains("## Context", "## Decision", "## Consequences", "## Alternatives"));
    }

    private static boolean isRelease(String heading) {
        return RELEASE.matcher(heading).matches();
    }

    private static List<Finding> brokenLinks(Path path, String text) {
        List<Finding> broken = new ArrayList<>();
        Matcher link = LINK.matcher(FENCE.matcher(text).replaceAll(""));
        while (link.find()) {
            String target = link.group(1);
            if (!target.contains("://") && !leadsSomewhere(path, text, target)) {
                broken.add(new Finding(path, 0, "links to " + target + ", which does not exist"));
            }
        }
        return broken;
    }

    private static boolean leadsSomewhere(Path from, String text, String target) {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? from : from.resolveSibling(file).normalize();
        if (!file.isEmpty() && !Repository.exists(path)) {
            return false;
        }
        if (hash < 0) {
            return true;
        }
        return anchors(file.isEmpty() ? text : Repository.read(path)).contains(target.substring(hash + 1));
    }

    private static Set<String> anchors(String text) {
        return HEADING.matcher(FENCE.matcher(text).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}

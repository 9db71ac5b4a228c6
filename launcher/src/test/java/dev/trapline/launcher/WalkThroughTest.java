package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The sessions in README.md, docs/hypercall-forwarding.md, docs/fault-injection.md and docs/testing-your-guest.md show
/// the real output of the command, and the tests that they name exist.
///
/// The blocks are used in order: one that begins with a `$` is a session. Every other block whose language is not named
/// is a file; the last name in the text before it is its name. README has no such files. A line `...` matches any
/// lines. Durations are not compared.
class WalkThroughTest {

    private static final Path README = CommandProcess.HOME.resolve("README.md");
    private static final Path FAULTS = CommandProcess.HOME.resolve("docs/fault-injection.md");
    private static final Path EXPLORING = CommandProcess.HOME.resolve("docs/testing-your-guest.md");
    private static final Path PAGE = CommandProcess.HOME.resolve("docs/hypercall-forwarding.md");
    private static final Pattern FILE = Pattern.compile("`([a-z]+\\.conf)`");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern HOST_TIME = Pattern.compile("(?m)in [0-9.]+ s\\b|(?<=  )[0-9.]+ s$");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]+Test)(?:\\.([a-z][A-Za-z0-9]+))?`");
    private static final Pattern METHOD = Pattern.compile(", `([a-z][A-Za-z0-9]{20,})`");
    private static final String ANY = "...";
    private static final String COMMAND = "./trapline ";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    /// A command and its output on the page.
    private record Shown(String command, List<String> lines) {}

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatThePageShows() throws IOException {
        return sessions(PAGE, Files.createDirectory(directory.resolve("page")), true);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatThePageOfFaultsShows() throws IOException {
        return sessions(FAULTS, Files.createDirectory(directory.resolve("faults")), true);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatThePageOfExplorationShows() throws IOException {
        return sessions(EXPLORING, Files.createDirectory(directory.resolve("exploring")), true);
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatReadmeShows() throws IOException {
        return sessions(README, Files.createDirectory(directory.resolve("readme")), false);
    }

    /// Commands in README that a test cannot run, because they need a database or a terminal.
    @Test
    void everyOtherCommandOfReadmeIsOneThatCanBeTyped() throws IOException {
        List<String> commands = Files.readAllLines(README).stream()
                .filter(line -> line.startsWith(COMMAND))
                .toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            String[] arguments = arguments(command);
            Terminal terminal = new Terminal(
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
            assertThatCode(() ->
                            Trapline.commandLine(List.of(arguments), terminal).parseArgs(arguments))
                    .as(command)
                    .doesNotThrowAnyException();
        }
    }

    /// @param filesToo whether blocks that are not sessions are files
    private static Stream<DynamicTest> sessions(Path page, Path where, boolean filesToo) throws IOException {
        Files.createSymbolicLink(where.resolve("guests"), CommandProcess.HOME.resolve("guests"));
        List<Shown> sessions = new ArrayList<>();
        StringBuilder before = new StringBuilder();
        List<String> block = null;
        boolean isFile = false;
        for (String line : Files.readAllLines(page)) {
            if (!line.startsWith("```")) {
                if (block == null) {
                    before.append(line).append('\n');
                } else {
                    block.add(line);
                }
            } else if (block == null) {
                block = new ArrayList<>();
                isFile = line.equals("```");
            } else {
                if (block.getFirst().startsWith("$ ")) {
                    sessions.addAll(commands(block));
                } else if (filesToo && isFile) {
                    Files.write(where.resolve(fileNamedLast(before)), block);
                }
                block = null;
            }
        }
        assertThat(sessions).as("commands on the page").hasSizeGreaterThan(4);
        return sessions.stream().map(shown -> DynamicTest.dynamicTest(shown.command(), () -> check(shown, where)));
    }

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(CommandProcess.HOME)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                sources.merge(name, Files.readString(file), String::concat);
            }
        }
        NavigableSet<String> missing = new TreeSet<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher test = TEST.matcher(line);
            String last = "";
            while (test.find()) {
                last = sources.getOrDefault(test.group(1), "");
                if (last.isEmpty() || (test.group(2) != null && !last.contains("void " + test.group(2) + "("))) {
                    missing.add(test.group());
                }
            }
            String named = last;
            METHOD.matcher(line)
                    .results()
                    .map(found -> found.group(1))
                    .filter(method -> !named.contains("void " + method + "("))
                    .forEach(missing::add);
        }
        assertThat(missing).isEmpty();
    }

    private static String fileNamedLast(CharSequence text) {
        List<MatchResult> named = FILE.matcher(text).results().toList();
        assertThat(named).as("the text before a file's block names it").isNotEmpty();
        return named.getLast().group(1);
    }

    private static List<Shown> commands(List<String> block) {
        List<Shown> commands = new ArrayList<>();
        for (String line : block) {
            if (line.startsWith("$ ")) {
                commands.add(new Shown(line.substring(2), new ArrayList<>()));
            } else {
                commands.getLast().lines().add(line);
            }
        }
        return commands;
    }

    private static String[] arguments(String command) {
        return WORD.matcher(command.substring(COMMAND.length()))
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toArray(String[]::new);
    }

    private static void check(Shown shown, Path where) {
        assertThat(shown.command()).startsWith(COMMAND);
        Ended ended = CommandProcess.runIn(where, arguments(shown.command()));
        byte[] bytes = (ended.out() + ended.err()).getBytes(StandardCharsets.ISO_8859_1);
        List<String> printed = lines(new String(bytes, StandardCharsets.UTF_8));
        assertThat(matches(lines(String.join("\n", shown.lines())), printed))
                .as("the page shows\n%s\nand it is\n%s", String.join("\n", shown.lines()), String.join("\n", printed))
                .isTrue();
        if (ended.status() != Ending.OK) {
            assertThat(shown.lines())
                    .as("'...' hides no failure: the page shows how a failing command ends; here:\n%s", ended.err())
                    .contains(ended.lastLine());
        }
    }

    private static List<String> lines(String text) {
        return HOST_TIME
                .matcher(text.stripTrailing())
                .replaceAll("in some time")
                .lines()
                .toList();
    }

    /// Whether lines match a pattern that may contain [#ANY].
    private static boolean matches(List<String> pattern, List<String> lines) {
        if (pattern.isEmpty()) {
            return lines.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.getFirst().equals(ANY)) {
            return matches(rest, lines) || (!lines.isEmpty() && matches(pattern, lines.subList(1, lines.size())));
        }
        return !lines.isEmpty()
                && lines.getFirst().equals(pattern.getFirst())
                && matches(rest, lines.subList(1, lines.size()));
    }
}

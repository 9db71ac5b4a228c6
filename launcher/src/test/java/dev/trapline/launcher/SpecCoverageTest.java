package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.launcher.process.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/spec-coverage.md` lists every function of every built-in service, and only existing functions, classes and
/// tests.
class SpecCoverageTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern IDENTIFIER = Pattern.compile("`(0x\\p{XDigit}{8})`");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

    /// A line of one of the page's tables.
    private record Row(String function, List<String> identifiers, String type, String tests, String section) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        boolean ofFunctions = false;
        for (String line : Files.readAllLines(ROOT.resolve("docs/spec-coverage.md"))) {
            if (!line.startsWith("|") || line.startsWith("| function ")) {
                ofFunctions = line.startsWith("| function ");
            } else if (ofFunctions && line.startsWith("| ")) {
                String[] cells = line.substring(2).split(" *\\| *", -1);
                assertThat(cells)
                        .as("function, identifiers, class, tests, section: %s", line)
                        .hasSize(6);
                List<String> identifiers = IDENTIFIER
                        .matcher(cells[1])
                        .results()
                        .map(found -> found.group(1))
                        .toList();
                rows.add(new Row(cells[0], identifiers, cells[2], cells[3], cells[4]));
            }
        }
        return rows;
    }

    @Test
    void everyFunctionOfEveryBuiltInServiceIsThereUnderItsNameAndNoOther() throws IOException {
        SortedMap<String, String> described = new TreeMap<>();
        for (ServiceDescriptor service : Services.load(List.of()).descriptors()) {
            service.functions().forEach(function -> described.put(function.id().toString(), function.name()));
        }
        SortedMap<String, String> listed = new TreeMap<>();
        for (Row row : rows()) {
            row.identifiers()
                    .forEach(id -> assertThat(listed.put(id, row.function()))
                            .as("%s is in one row", id)
                            .isNull());
        }
        assertThat(listed)
                .as("docs/spec-coverage.md, compared with the descriptors of the services")
                .isEqualTo(described);
    }

    @Test
    void everyRowNamesAClassATestAndASection() throws IOException {
        assertThat(rows()).isNotEmpty().allSatisfy(row -> {
            assertThat(row.type()).as(row.function()).matches(CLASS);
            assertThat(row.tests()).as(row.function()).containsPattern(TEST);
            assertThat(row.section()).as(row.function()).isNotEmpty();
        });
    }

    @Test
    void everyClassAndEveryTestThatThePageNamesExists() throws IOException {
        SortedMap<String, Path> sources = sources();
        for (Row row : rows()) {
            String type = row.type().replace("`", "");
            assertThat(sources).as("class of %s", row.function()).containsKey(type);
        }
        String page = Files.readString(ROOT.resolve("docs/spec-coverage.md"));
        List<MatchResult> tests = TEST.matcher(page).results().toList();
        assertThat(tests).isNotEmpty();
        for (MatchResult test : tests) {
            assertThat(sources).as("test class").containsKey(test.group(1));
            assertThat(Files.readString(sources.get(test.group(1))))
                    .as("%s has the test %s", test.group(1), test.group(2))
                    .containsPattern("(?s)@(Parameterized)?Test\\b.*\\bvoid " + test.group(2) + "\\(");
        }
    }

    /// All sources of this repository by class name.
    private static SortedMap<String, Path> sources() throws IOException {
        SortedMap<String, Path> sources = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.sorted().toList()) {
                for (String part : List.of("src/main/java", "src/test/java")) {
                    if (Files.isDirectory(module.resolve(part))) {
                        collect(module.resolve(part), sources);
                    }
                }
            }
        }
        return sources;
    }

    private static void collect(Path directory, SortedMap<String, Path> sources) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
        }
    }
}

package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The sources follow every rule of [JavaRules], and each rule finds its violations.
class JavaRulesTest {

    private static final Path MAIN = Path.of("abi", "src", "main", "java", "C.java");

    @Test
    void everyJavaFileKeepsTheRules() {
        Map<Path, String> texts = new TreeMap<>();
        for (Path path : Repository.javaFiles()) {
            texts.put(path, Repository.read(path));
        }
        List<Finding> findings = new ArrayList<>();
        for (JavaFile file : JavaFile.parse(texts)) {
            findings.addAll(JavaRules.check(file));
        }
        assertThat(findings).as("rules of style (CONTRIBUTING.md)").isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        TreeSet<Path> missing = new TreeSet<>();
        for (Path path : Repository.javaFiles()) {
            Path info = path.resolveSibling("package-info.java");
            if (Repository.isMain(path) && !Repository.exists(info)) {
                missing.add(info);
            }
        }
        assertThat(missing)
                .as("absent files: add each with a doc comment and @NullMarked")
                .isEmpty();
    }

    /// Except tests of the whole tree, which do not belong to a package, and those of guests in the examples.
    @Test
    void everyTestLivesInThePackageThatItTests() {
        List<Path> astray = new ArrayList<>();
        for (Path path : Repository.javaFiles()) {
            String text = path.toString().replace('\\', '/');
            boolean ofNoPackage =
                    text.startsWith("tidy/") || text.startsWith("examples/") || text.contains("/architecture/");
            Path tested = Path.of(text.replace("/src/test/", "/src/main/")).resolveSibling("package-info.java");
            if (text.contains("/src/test/") && !ofNoPackage && !Repository.exists(tested)) {
                astray.add(path);
            }
        }
        assertThat(astray)
                .as("tests whose package has no production code in their module: move each to the package that it"
                        + " tests")
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("offences")
    void anOffenceIsFoundOnItsLine(String message, long line, String text) {
        assertThat(JavaRules.check(JavaFile.parse(MAIN, text)))
                .as("the rule with this message must find:\n" + text)
                .anySatisfy(finding -> {
                    assertThat(finding.message()).contains(message);
                    assertThat(finding.line()).isEqualTo(line);
                });
    }

    static Stream<Arguments> offences() {
        return Stream.of(
                arguments("has 401 lines", 0, "class C {}\n" + "// line\n".repeat(400)),
                arguments("imports by wildcard", 1, "import java.util.*;\nclass C {}\n"),
                arguments("uses Lombok", 1, "import lombok.Data;\nclass C {}\n"),
                arguments("has no doc comment", 1, "public class C {}\n"),
                arguments("names no concept", 1, "class StringUtils {}\n"),
                arguments("method f has 52 lines", 2, "class C {\nvoid f() {\n" + "g();\n".repeat(50) + "}\n}\n"),
                arguments(
                        "the name aCallGoesOnWithIt has a retired phrase",
                        2,
                        "class C {\nvoid aCallGoesOnWithIt() {}\n}\n"),
                arguments("parameter o is an Optional", 2, "class C {\nvoid f(Optional<String> o) {}\n}\n"),
                arguments("field o is an Optional", 2, "record C(\njava.util.Optional<String> o) {}\n"),
                arguments("is static and changes", 2, "class C {\nstatic int n;\n}\n"),
                arguments("uses the assert keyword", 2, "class C { void f() {\nassert true;\n} }\n"),
                arguments("catches Exception", 3, "class C { void f() {\ntry { g(); }\ncatch (Exception e) {} } }\n"),
                arguments("disables a test", 2, "class C {\n@Disabled void f() {} }\n"),
                arguments("System.out outside", 2, "class C { void f() {\nSystem.out.println(1); } }\n"),
                arguments("without '// SAFETY:'", 2, "class C { void f() {\nhandle.invokeExact(1); } }\n"),
                arguments("sleeps", 2, "class C { void f() {\nThread.sleep(1); } }\n"));
    }

    @Test
    void aPackageThatIsNotNullMarkedIsFound() {
        Path path = MAIN.resolveSibling("package-info.java");

        assertThat(JavaRules.check(JavaFile.parse(path, "/** P. */\npackage p;\n")))
                .as("without @NullMarked, NullAway is silent in that package")
                .hasSize(1);
    }

    @Test
    void whatTheRulesAskForIsAccepted() {
        String text = """
            /// A thing.
            public final class C {
                private static final int LIMIT = 1;

                void call() {
                    // SAFETY: the arena outlives the call.
                    handle.invokeExact(1);
                }

                void guard() {
                    try {
                        call();
                        // WIDE: user code may throw anything.
                    } catch (RuntimeException e) {
                        throw new InvariantViolation("the service threw", e);
                    }
                }
            }
            """;

        assertThat(JavaRules.check(JavaFile.parse(MAIN, text))).isEmpty();
    }
}

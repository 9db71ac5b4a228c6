package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a project that uses Trapline writes into its build. Maven runs the example's tests with the artefacts of this
/// build; of the texts that it does not run, the versions and flags are compared here.
class PublishedTest {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern OWN_VERSION =
            Pattern.compile("<artifactId>trapline</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern BOM_ENTRY =
            Pattern.compile("<groupId>dev\\.trapline</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*"
                    + "<version>\\$\\{project\\.version}</version>");
    private static final Pattern PINNED = Pattern.compile("<((?:akka|scala\\.binary)\\.version)>([^<]+)</"
            + "|<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>");
    private static final Pattern BOM_VERSION = Pattern.compile(
            "<artifactId>bom</artifactId>\\s*<version>([^<]+)</version>|dev\\.trapline:bom:([^\"`\\s]+)");
    private static final Pattern JVM_FLAGS =
            Pattern.compile("<trapline\\.jvm\\.flags>([^<]+)</trapline\\.jvm\\.flags>");

    private final String parent = Repository.read(Path.of("pom.xml"));

    /// The example is built without this tree, so it has copies.
    @ParameterizedTest
    @ValueSource(strings = {"hotplug.elf", "hotplug-fixed.elf"})
    void theGuestsOfTheExampleAreThoseOfThisTree(String guest) {
        assertThat(Repository.ROOT.resolve("examples/junit-maven/guests").resolve(guest))
                .as("copy it from guests/bugs")
                .hasSameBinaryContentAs(Repository.ROOT.resolve("guests/bugs").resolve(guest));
    }

    @Test
    void theBomHasEachModuleThatIsDeployed() {
        List<String> deployed = MODULE.matcher(parent)
                .results()
                .map(module -> module.group(1))
                .filter(module -> !module.equals("bom"))
                .filter(module -> isDeployed(Repository.read(Path.of(module, "pom.xml"))))
                .toList();

        assertThat(listed(Repository.read(Path.of("bom", "pom.xml"))))
                .as("the modules in bom/pom.xml")
                .containsExactlyInAnyOrderElementsOf(deployed);
    }

    @Test
    void theBomHasTheVersionsOfTheParent() {
        assertThat(pinned(parent))
                .as("properties, versions of dependencies, and of plugins")
                .containsAll(pinned(Repository.read(Path.of("bom", "pom.xml"))));
    }

    @Test
    void anotherVersionThanTheParentsIsFound() {
        String pom = "<akka.version>1</akka.version>\n<artifactId>a</artifactId>\n<version>2</version>";

        assertThat(pinned(pom)).containsExactly("akka.version 1", "a 2");
    }

    @Test
    void aModuleIsDeployedUnlessItSaysOtherwise() {
        String entry = "<groupId>dev.trapline</groupId>\n<artifactId>abi</artifactId>\n<version>";

        assertThat(isDeployed(entry)).isTrue();
        assertThat(isDeployed("<maven.deploy.skip>true</maven.deploy.skip>")).isFalse();
        assertThat(listed(entry + "${project.version}</version>")).containsExactly("abi");
        assertThat(listed(entry + "0.1</version>"))
                .as("not the project's version")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bom/pom.xml",
                "examples/junit-maven/pom.xml",
                "examples/junit-maven/build.gradle.kts",
                "docs/testing-your-guest.md"
            })
    void everyVersionOfTheBomIsThisOne(String file) {
        assertThat(versions(Repository.read(Path.of(file))))
                .as("versions of the BOM in " + file)
                .isNotEmpty()
                .containsOnly(find(OWN_VERSION));
    }

    @Test
    void versionsAreFoundInMavenAndInGradle() {
        assertThat(versions("<artifactId>bom</artifactId>\n <version>1</version> platform(\"dev.trapline:bom:2\")"))
                .containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/junit-maven/pom.xml",
                "examples/junit-maven/build.gradle.kts",
                "docs/testing-your-guest.md"
            })
    void theFlagsOfTheJvmAreThoseOfThisBuild(String file) {
        assertThat(Repository.read(Path.of(file)))
                .as("flags that Trapline needs")
                .contains(find(JVM_FLAGS).split(" "));
    }

    private static boolean isDeployed(String pom) {
        return !pom.contains("<maven.deploy.skip>true</maven.deploy.skip>");
    }

    private static List<String> listed(String bom) {
        return BOM_ENTRY.matcher(bom).results().map(entry -> entry.group(1)).toList();
    }

    private static List<String> pinned(String pom) {
        return PINNED.matcher(pom)
                .results()
                .map(pin ->
                        pin.group(1) == null ? pin.group(3) + " " + pin.group(4) : pin.group(1) + " " + pin.group(2))
                .filter(pin -> !pin.startsWith("bom "))
                .toList();
    }

    private static List<String> versions(String text) {
        return BOM_VERSION
                .matcher(text)
                .results()
                .map(version -> version.group(1) == null ? version.group(2) : version.group(1))
                .toList();
    }

    private String find(Pattern pattern) {
        Matcher found = pattern.matcher(parent);
        assertThat(found.find()).as("in pom.xml: " + pattern).isTrue();
        return found.group(1);
    }
}

package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `./trapline` builds modules without their tests.
class BuildTest {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    private static final Pattern PROFILE = Pattern.compile("(?s)<profile>.*?</profile>");
    private static final String WITH_TESTS = "<name>!maven.test.skip</name>";
    private static final String TEST_JAR = "<type>test-jar</type>";

    @Test
    void noModuleNeedsJarsOfTestsWhereTestsAreSkipped() {
        List<Finding> found = new ArrayList<>();
        Matcher module = MODULE.matcher(Repository.read(Path.of("pom.xml")));
        while (module.find()) {
            Path pom = Path.of(module.group(1), "pom.xml");
            if (needsTests(Repository.read(pom))) {
                found.add(new Finding(
                        pom,
                        0,
                        "depends on a test-jar outside a profile that is active only with tests (" + WITH_TESTS
                                + "): a fresh clone's ./trapline would not build"));
            }
        }
        assertThat(found).as("modules that do not build without tests").isEmpty();
    }

    @Test
    void aTestJarOutsideOfTheProfileIsFound() {
        String inside = "<profile>" + WITH_TESTS + TEST_JAR + "</profile>";

        assertThat(needsTests(inside)).as("in the profile").isFalse();
        assertThat(needsTests(inside + TEST_JAR)).as("beside the profile").isTrue();
        assertThat(needsTests("<profile>" + TEST_JAR + "</profile>"))
                .as("in another profile")
                .isTrue();
    }

    /// Whether a `pom.xml` names a test-jar where tests are skipped too.
    private static boolean needsTests(String pom) {
        return PROFILE.matcher(pom)
                .replaceAll(profile ->
                        profile.group().contains(WITH_TESTS) ? "" : Matcher.quoteReplacement(profile.group()))
                .contains(TEST_JAR);
    }
}

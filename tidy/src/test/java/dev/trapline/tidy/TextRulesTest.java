package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every text follows the rules of [TextRules], and each rule finds its violations.
class TextRulesTest {

    @Test
    void everyTextKeepsTheRules() {
        List<Finding> findings = new ArrayList<>();
        for (Path path : Repository.textFiles()) {
            if (!saysWhatIsForbidden(path)) {
                findings.addAll(TextRules.check(path, Repository.read(path)));
            }
        }
        assertThat(findings).as("rules for all texts (CONTRIBUTING.md)").isEmpty();
    }

    /// The rules and their examples contain the forbidden words.
    private static boolean saysWhatIsForbidden(Path path) {
        return Repository.module(path).equals("tidy") && Repository.name(path).startsWith("TextRules");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "has a tab              | a\\tb",
                "at its end             | a\\r",
                "at its end             | a\\s",
                "121 columns            | //LONG",
                "do it, or open         | // TODO later",
                "path of one machine    | see /root/notes",
                "path of one machine    | \"/home/someone/x\"",
                "speak of the project   | As an AI",
                "speak of the project   | in this session",
                "say who it is          | /// Whoever calls it",
                "say who it is          | to whom it is given",
                "name it: 'the device'  | naming what is there",
                "'reaches'              | it comes to an end",
                "'continues'            | the run goes on with it",
                "'save'                 | what it took down",
                "'decision'             | the fate of a call",
                "'the decision'         | what would become of a call",
                "'records'              | takes note of an event",
                "'compare with'         | held each time against the recording",
                "'sequentially'         | replayed in one go",
                "say where it is        | where it has come to",
                "'running'              | its recorder is at work",
                "of a replay: 'result'  | the verdict on a call",
                "'range', 'part'        | a stretch of identifiers",
                "'is notified of'       | a service hears of it",
                "'effects'              | what a service wants done",
                "names the host         | https://mirror.invalid/maven2",
                "address of one machine | http://localhost:8080/x",
            })
    void anOffenceIsFound(String message, String line) {
        String text = line.translateEscapes().replace("LONG", "x".repeat(119)) + "\n";

        assertThat(TextRules.check(Path.of("C.java"), text))
                .as("the rule with this message must find the line")
                .anySatisfy(finding -> assertThat(finding.message()).contains(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text without its newline", "text\n\n"})
    void anEndThatIsNotOneNewlineIsFound(String text) {
        assertThat(TextRules.check(Path.of("a.md"), text)).hasSize(1);
    }

    @Test
    void ordinaryTextIsAccepted() {
        String text = "See https://developer.arm.com/x and guests/src/work/x, target/root/y.\n";

        assertThat(TextRules.check(Path.of("a.md"), text)).isEmpty();
    }
}

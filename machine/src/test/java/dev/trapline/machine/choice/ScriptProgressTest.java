package dev.trapline.machine.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.ConsoleScript.Expect;
import dev.trapline.abi.machine.ConsoleScript.Keys;
import dev.trapline.abi.machine.ConsoleScript.Pause;
import dev.trapline.abi.machine.ConsoleScript.Step;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Steps of a console script follow from the guest's output and from virtual time.
class ScriptProgressTest {

    private static final long INTERVAL = 100;
    private static final long LIMIT = 5_000;

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Step expect(String text) {
        return new Expect(1, bytes(text), LIMIT);
    }

    private static Step type(String text) {
        return new Keys(2, bytes(text));
    }

    private static ScriptProgress script(Step... steps) {
        return new ScriptProgress(new ConsoleScript(List.of(steps)), INTERVAL);
    }

    private static void print(ScriptProgress script, String text, long now) {
        script.printed(text.getBytes(StandardCharsets.ISO_8859_1), text.length(), now);
    }

    private static @Nullable String offered(ScriptProgress script, long now) {
        Bytes offered = script.offer(now, true);
        return offered == null ? null : new String(offered.toArray(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aScriptThatOnlyTypesWaitsForTheIntervalAndForTheGuest() {
        ScriptProgress script = script(type("ab"));
        assertThat(offered(script, 99)).as("before the interval").isNull();
        assertThat(script.offer(100, false)).as("the guest has not read").isNull();
        assertThat(offered(script, 100)).isEqualTo("a");
        assertThat(offered(script, 199)).isNull();
        assertThat(script.nextAfter(150)).as("it asks for no times").isEqualTo(Choices.NEVER);
        assertThat(script.left()).isEqualTo(1);
        assertThat(offered(script, 500)).as("at the first boundary after it").isEqualTo("b");
        assertThat(script.isOver()).isTrue();
        assertThat(script.left()).isZero();
    }

    @Test
    void aTextIsFoundOverTheBordersOfSlices() {
        ScriptProgress script = script(expect("login: "), type("x"));
        print(script, "log", 10);
        print(script, "logi", 20);
        assertThat(offered(script, 1_000)).isNull();
        print(script, "n: ", 1_030);
        assertThat(script.nextAfter(1_030)).as("an interval later").isEqualTo(1_130);
        assertThat(offered(script, 1_129)).isNull();
        assertThat(offered(script, 1_130)).isEqualTo("x");
    }

    @Test
    void whatAStepHasFoundIsNotFoundAgain() {
        ScriptProgress script = script(expect("# "), expect("# "), type("x"));
        print(script, "# #", 10);
        assertThat(offered(script, 1_000)).as("the first prompt").isNull();
        print(script, " ", 1_010);
        assertThat(offered(script, 2_000)).as("the second prompt").isEqualTo("x");
    }

    @Test
    void whatIsPrintedDuringTypingCountsForTheNextStep() {
        ScriptProgress script = script(type("ab"), expect("ab"), type("c"));
        assertThat(offered(script, 100)).isEqualTo("a");
        print(script, "a", 110);
        print(script, "b", 120);
        assertThat(offered(script, 200)).isEqualTo("b");
        assertThat(script.unmet()).as("found when the step began").isNull();
        assertThat(script.nextAfter(200)).isEqualTo(300);
        assertThat(offered(script, 300)).isEqualTo("c");
    }

    @Test
    void aStepIsLateWhenItsLimitHasPassedSinceItBegan() {
        ScriptProgress script = script(type("a"), expect("never"));
        assertThat(offered(script, 300)).isEqualTo("a");
        print(script, "nev", 400);
        assertThat(script.nextAfter(400)).as("a round ends there").isEqualTo(300 + LIMIT);
        assertThat(script.isLate(300 + LIMIT - 1)).isFalse();
        assertThat(script.isLate(300 + LIMIT)).isTrue();
        assertThat(script.unmet())
                .isEqualTo(new Choices.Unmet(new Expect(1, bytes("never"), LIMIT), 300, bytes("nev")));
    }

    @Test
    void aLimitLaterThanAllTimesIsNone() {
        ScriptProgress script = script(new Expect(1, bytes("x"), Long.MAX_VALUE), new Pause(2, Long.MAX_VALUE));
        assertThat(script.nextAfter(0)).isEqualTo(Choices.NEVER);
        print(script, "x", 50);
        assertThat(script.nextAfter(50)).isEqualTo(Choices.NEVER);
        assertThat(script.unmet()).as("a pause waits for no output").isNull();
    }

    @Test
    void aPauseEndsAtItsTimeWhereverItIsNoticed() {
        for (boolean live : new boolean[] {true, false}) {
            ScriptProgress script = script(expect("a"), new Pause(2, 1_000), expect("b"), type("c"));
            print(script, "a b", 10);
            if (live) {
                assertThat(script.nextAfter(10)).isEqualTo(1_010);
                assertThat(offered(script, 1_010)).isNull();
            }
            print(script, "more", 1_050);
            assertThat(script.nextAfter(1_050)).as("asked at its end: %s", live).isEqualTo(1_110);
        }
    }

    @Test
    void bytesOfARecordingAreNotTypedAgain() {
        ScriptProgress script = script(expect("a"), type("bc"), type("d"), expect("e"));
        print(script, "a", 10);
        script.passOver(2, 250);
        assertThat(script.left()).isEqualTo(1);
        assertThat(offered(script, 349)).isNull();
        assertThat(offered(script, 350)).isEqualTo("d");
        script.passOver(1, 400);
        assertThat(script.left()).as("typed by somebody else").isZero();
        assertThat(script.unmet()).isNotNull();
    }

    @Test
    void aGuestThatPrintsWithoutEndIsSearchedToItsLastBytes() {
        ScriptProgress script = script(expect("needle"), type("x"), expect("last"));
        String much = "hay ".repeat(PrintedText.WINDOW / 8);
        for (int k = 0; k < 50; k++) {
            print(script, much, k);
        }
        print(script, "needle" + much.repeat(4), 100);
        assertThat(offered(script, 1_000)).as("found before it was dropped").isNull();
        print(script, "needle last", 1_000);
        assertThat(offered(script, 2_000)).isEqualTo("x");
        assertThat(script.unmet()).as("found in what came after").isNull();
        assertThat(script.isOver()).isTrue();
    }
}

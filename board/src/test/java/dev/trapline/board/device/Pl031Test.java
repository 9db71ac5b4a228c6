package dev.trapline.board.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.board.bus.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The registers of ARM DDI 0224 §3.3.
class Pl031Test {

    private static final long SECOND = 62_500_000;
    private static final long DATE = 1_767_225_600;

    private static final int DR = 0x00;
    private static final int MR = 0x04;
    private static final int LR = 0x08;
    private static final int CR = 0x0c;
    private static final int IMSC = 0x10;
    private static final int RIS = 0x14;
    private static final int MIS = 0x18;
    private static final int ICR = 0x1c;

    private final Pl031 clock = new Pl031(DATE, 2);

    private boolean interrupts() {
        return clock.lines().getFirst().isHigh();
    }

    @Test
    void itStartsAtTheGivenDateAndCountsSecondsOfVirtualTime() {
        assertThat(clock.read(DR, 4)).isEqualTo(DATE);
        clock.timePasses(SECOND - 1);
        assertThat(clock.read(DR, 4)).isEqualTo(DATE);
        clock.timePasses(SECOND);
        assertThat(clock.read(DR, 4)).isEqualTo(DATE + 1);
        clock.timePasses(86_400 * SECOND + 5);
        assertThat(clock.read(DR, 4)).isEqualTo(DATE + 86_400);
    }

    @Test
    void theGuestSetsTheDate() {
        clock.timePasses(10 * SECOND);
        clock.write(LR, 4, 1000);
        assertThat(clock.read(DR, 4)).isEqualTo(1000);
        assertThat(clock.read(LR, 4)).isEqualTo(1000);
        clock.timePasses(12 * SECOND);
        assertThat(clock.read(DR, 4)).isEqualTo(1002);
        assertThat(clock.read(LR, 4)).as("the last value that was written").isEqualTo(1000);
    }

    @Test
    void theCounterWrapsAfter32Bits() {
        Pl031 last = new Pl031(0xffff_ffffL, 2);
        assertThat(last.read(DR, 4)).as("no sign").isEqualTo(0xffff_ffffL);
        last.timePasses(SECOND);
        assertThat(last.read(DR, 4)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x1_0000_0000L})
    void aDateThatItCannotShowIsRefused(long date) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pl031(date, 2))
                .withMessageContaining("" + date);
    }

    @Test
    void itIsAlwaysStarted() {
        assertThat(clock.read(CR, 4)).isEqualTo(1);
        clock.write(CR, 4, 0);
        assertThat(clock.read(CR, 4)).isEqualTo(1);
    }

    @ParameterizedTest(name = "offset {0} reads {1}")
    @CsvSource({
        // RTCPeriphID0-3, RTCPCellID0-3
        "0xfe0, 0x31",
        "0xfe4, 0x10",
        "0xfe8, 0x14",
        "0xfec, 0x00",
        "0xff0, 0x0d",
        "0xff4, 0xf0",
        "0xff8, 0x05",
        "0xffc, 0xb1",
        "0xfe1, 0",
        "0x04, 0",
        "0x08, 0",
        "0x10, 0",
        "0x14, 0",
        "0x18, 0",
        "0x1c, 0",
        "0x20, 0",
        "0xfdc, 0"
    })
    void theIdentificationAndResetValuesAreAsDocumented(String offset, String value) {
        assertThat(clock.read(Long.decode(offset), 4)).isEqualTo(Long.decode(value));
        for (long written = 0; written < clock.size(); written += 4) {
            if (written != LR) {
                clock.write(written, 4, 0xffff_ffffL);
            }
        }
        clock.reset();
        assertThat(clock.read(Long.decode(offset), 4)).as("after a reset").isEqualTo(Long.decode(value));
    }

    @Test
    void aMatchInterruptsAtItsSecondUntilItIsCleared() {
        clock.write(MR, 4, DATE + 3);
        clock.write(IMSC, 4, 1);
        assertThat(clock.read(MR, 4)).isEqualTo(DATE + 3);
        assertThat(clock.deadline()).isEqualTo(3 * SECOND);
        clock.timePasses(3 * SECOND - 1);
        assertThat(interrupts()).isFalse();
        clock.timePasses(3 * SECOND);
        assertThat(interrupts()).isTrue();
        assertThat(clock.read(RIS, 4)).isEqualTo(1);
        assertThat(clock.read(MIS, 4)).isEqualTo(1);
        assertThat(clock.deadline()).isEqualTo(Deadline.NEVER);
        clock.timePasses(5 * SECOND);
        assertThat(interrupts()).isTrue();
        clock.write(ICR, 4, 1);
        assertThat(interrupts()).isFalse();
        assertThat(clock.read(RIS, 4)).isZero();
        assertThat(clock.deadline()).as("the counter wraps").isEqualTo((3 + (1L << 32)) * SECOND);
    }

    @Test
    void aMaskedMatchIsOnlyInTheRawStatus() {
        clock.write(MR, 4, DATE + 3);
        assertThat(clock.deadline()).as("nobody waits for it").isEqualTo(Deadline.NEVER);
        clock.timePasses(20 * SECOND);
        assertThat(clock.read(RIS, 4)).isEqualTo(1);
        assertThat(clock.read(MIS, 4)).isZero();
        assertThat(interrupts()).isFalse();
        clock.write(IMSC, 4, 1);
        assertThat(clock.read(MIS, 4)).isEqualTo(1);
        assertThat(interrupts()).isTrue();
        clock.write(IMSC, 4, 0);
        assertThat(interrupts()).isFalse();
        assertThat(clock.read(RIS, 4)).as("the mask clears nothing").isEqualTo(1);
    }

    @Test
    void aDateThatIsSetToTheMatchInterruptsAtOnce() {
        clock.write(IMSC, 4, 1);
        clock.write(MR, 4, 500);
        assertThat(interrupts()).isFalse();
        clock.write(LR, 4, 500);
        assertThat(interrupts()).isTrue();
        clock.write(ICR, 4, 1);
        clock.write(MR, 4, 500);
        assertThat(interrupts()).as("so does a match that is set to the date").isTrue();
    }

    @Test
    void aResetKeepsTheDateAndLowersTheInterrupt() {
        clock.write(IMSC, 4, 1);
        clock.write(LR, 4, 500);
        clock.write(MR, 4, 500);
        clock.reset();
        assertThat(interrupts()).isFalse();
        assertThat(clock.read(DR, 4)).as("the clock has a battery").isEqualTo(500);
        assertThat(clock.deadline()).isEqualTo(Deadline.NEVER);
    }

    @Test
    void aClockThatLoadsAStateContinuesAsTheOneThatWasSaved() {
        clock.timePasses(7 * SECOND + 9);
        clock.write(LR, 4, 500);
        clock.write(MR, 4, 510);
        clock.write(IMSC, 4, 1);
        Bytes state = clock.save();
        Pl031 loaded = new Pl031(0, 2);
        loaded.load(state);
        assertThat(loaded.save()).isEqualTo(state);
        assertThat(loaded.deadline()).isEqualTo(17 * SECOND).isEqualTo(clock.deadline());
        loaded.timePasses(17 * SECOND);
        assertThat(loaded.read(DR, 4)).isEqualTo(510);
        assertThat(loaded.lines().getFirst().isHigh()).isTrue();
        Pl031 again = new Pl031(0, 2);
        again.load(loaded.save());
        assertThat(again.lines().getFirst().isHigh()).isTrue();
    }

    @Test
    void itsNodeIsThatOfTheBinding() {
        assertThat(clock.node(0x0901_0000L))
                .contains(TreeNode.named("pl031@9010000")
                        .strings("compatible", "arm,pl031", "arm,primecell")
                        .cells("reg", 0, 0x0901_0000, 0, 0x1000)
                        .cells("interrupts", 0, 2, 4)
                        .references("clocks", "apb-pclk")
                        .strings("clock-names", "apb_pclk"));
    }
}

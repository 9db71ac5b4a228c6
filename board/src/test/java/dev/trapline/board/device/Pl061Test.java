package dev.trapline.board.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.bus.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The registers of a PL061 (ARM DDI 0190 §3.3), and the power button on its pin 3.
class Pl061Test {

    private static final long ALL = 0x3fc;
    private static final long DIR = 0x400;
    private static final long IS = 0x404;
    private static final long IBE = 0x408;
    private static final long IEV = 0x40c;
    private static final long IE = 0x410;
    private static final long RIS = 0x414;
    private static final long MIS = 0x418;
    private static final long IC = 0x41c;
    private static final int BUTTON = 1 << 3;

    private final Pl061 gpio = new Pl061(7);
    private final Line line = gpio.lines().getFirst();

    private void write(long offset, int value) {
        gpio.write(offset, 4, value);
    }

    private long read(long offset) {
        return gpio.read(offset, 4);
    }

    /// Presses the button and lets it go.
    private void pressAndRelease(long now) {
        gpio.press(now);
        gpio.timePasses(now + Pl061.PRESS);
    }

    @Test
    void theAddressOfGpiodataIsAMaskOfThePins() {
        write(DIR, 0xff);
        write(0xaa << 2, 0xff);
        assertThat(read(ALL)).isEqualTo(0xaa);
        write(0x0f << 2, 0x05);
        assertThat(read(ALL)).isEqualTo(0xa5);
        assertThat(read(0x84 << 2)).isEqualTo(0x84);
        assertThat(read(0)).as("no pin").isZero();
        write(0, 0xff);
        assertThat(read(ALL)).isEqualTo(0xa5);
    }

    @Test
    void whatIsWrittenToAnInputIsSeenWhenItBecomesAnOutput() {
        write(ALL, 0xff);
        assertThat(read(ALL)).as("inputs are low").isZero();
        write(DIR, 0x81);
        assertThat(read(ALL)).isEqualTo(0x81);
    }

    @ParameterizedTest
    @CsvSource({"0x400", "0x404", "0x408", "0x40c", "0x410", "0x420"})
    void aRegisterKeepsEightBitsAndAResetClearsThem(String offset) {
        assertThat(read(Long.decode(offset))).isZero();
        write(Long.decode(offset), 0x1ff);
        assertThat(read(Long.decode(offset))).isEqualTo(0xff);
        gpio.reset();
        assertThat(read(Long.decode(offset))).isZero();
    }

    @Test
    void itIdentifiesItself() {
        int[] expected = {0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
        for (int k = 0; k < expected.length; k++) {
            assertThat(read(0xfe0 + 4 * k)).isEqualTo(expected[k]);
        }
        write(RIS, 0xff);
        write(0xffc, 0);
        assertThat(read(RIS)).as("read-only").isZero();
        assertThat(read(0x424)).as("reserved").isZero();
        assertThat(gpio.read(0x401, 1)).as("within a register").isZero();
    }

    @Test
    void aPressedButtonIsHighForATenthOfASecond() {
        gpio.press(1_000);
        assertThat(read(ALL)).isEqualTo(BUTTON);
        assertThat(gpio.deadline()).isEqualTo(1_000 + 6_250_000);
        gpio.timePasses(6_250_999);
        assertThat(read(ALL)).isEqualTo(BUTTON);
        gpio.press(6_250_999);
        gpio.timePasses(6_251_000);
        assertThat(read(ALL)).as("pressed again").isEqualTo(BUTTON);
        gpio.timePasses(12_500_999);
        assertThat(read(ALL)).isZero();
        assertThat(gpio.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        // GPIOIBE, GPIOIEV, after the press, after the release
        "0x00, 0x08, 8, 0",
        "0x00, 0x00, 0, 8",
        "0x08, 0x00, 8, 8",
        "0x08, 0x08, 8, 8",
    })
    void anEdgeIsDetectedUntilItIsCleared(String both, String event, int pressed, int released) {
        write(IBE, Integer.decode(both));
        write(IEV, Integer.decode(event));
        gpio.press(0);
        assertThat(read(RIS)).isEqualTo(pressed);
        assertThat(read(MIS)).as("masked").isZero();
        assertThat(line.isHigh()).isFalse();
        write(IE, BUTTON);
        assertThat(line.isHigh()).isEqualTo(pressed != 0);
        assertThat(read(MIS)).isEqualTo(pressed);
        write(IC, 0xf7);
        assertThat(read(RIS)).as("only the bits that are written are cleared").isEqualTo(pressed);
        write(IC, BUTTON);
        assertThat(read(RIS)).isZero();
        assertThat(line.isHigh()).isFalse();
        gpio.timePasses(Pl061.PRESS);
        assertThat(read(RIS)).isEqualTo(released);
        assertThat(line.isHigh()).isEqualTo(released != 0);
    }

    @Test
    void aLevelIsAnInterruptAsLongAsThePinHasIt() {
        write(IS, BUTTON);
        write(IEV, BUTTON);
        write(IE, BUTTON);
        assertThat(line.isHigh()).isFalse();
        gpio.press(0);
        write(IC, BUTTON);
        assertThat(line.isHigh()).as("only edges can be cleared").isTrue();
        gpio.timePasses(Pl061.PRESS);
        assertThat(line.isHigh()).isFalse();
        write(IEV, 0);
        assertThat(line.isHigh()).as("low").isTrue();
        assertThat(read(RIS)).isEqualTo(BUTTON);
    }

    @Test
    void anOutputHasNoInterrupts() {
        write(DIR, BUTTON);
        write(IBE, BUTTON);
        write(IE, BUTTON);
        pressAndRelease(0);
        write(ALL, BUTTON);
        assertThat(read(RIS)).isZero();
    }

    @Test
    void aResetReleasesTheLineButNotTheButton() {
        write(IEV, BUTTON);
        write(IE, BUTTON);
        gpio.press(0);
        assertThat(line.isHigh()).isTrue();
        gpio.reset();
        assertThat(line.isHigh()).isFalse();
        assertThat(read(ALL)).isEqualTo(BUTTON);
    }
}

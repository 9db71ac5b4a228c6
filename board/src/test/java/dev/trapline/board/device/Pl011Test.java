package dev.trapline.board.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.board.bus.Line;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pl011Test {

    private static final int DR = 0x00;
    private static final int FR = 0x18;
    private static final int RXFE = 0x10;
    private static final int RXFF = 0x40;
    private static final int TXFE = 0x80;
    private static final int IMSC = 0x38;
    private static final int RXIM = 0x10;
    private static final int TXIM = 0x20;

    private final Pl011 uart = new Pl011();

    @Test
    void whatIsWrittenIsTransmittedInOrder() {
        "hello".chars().forEach(c -> uart.write(DR, 4, c));
        assertThat(new String(uart.transmitted(), 0, uart.transmittedCount(), StandardCharsets.US_ASCII))
                .isEqualTo("hello");
        uart.clearTransmitted();
        assertThat(uart.transmittedCount()).isZero();
    }

    @Test
    void aBurstLongerThanTheBufferIsKeptWhole() {
        for (int i = 0; i < 5000; i++) {
            uart.write(DR, 1, i);
        }
        assertThat(uart.transmittedCount()).isEqualTo(5000);
        assertThat(uart.transmitted()[4999]).isEqualTo((byte) 4999);
    }

    @Test
    void receivedBytesAreReadInOrderAndTheFlagsFollow() {
        assertThat(uart.read(FR, 4)).isEqualTo(TXFE | RXFE);
        uart.receive(Bytes.copyOf(new byte[] {1, (byte) 0xff}));
        assertThat(uart.read(FR, 4)).isEqualTo(TXFE);
        assertThat(uart.everRead()).isFalse();
        assertThat(uart.read(DR, 4)).isEqualTo(1);
        assertThat(uart.everRead()).isTrue();
        assertThat(uart.read(DR, 4)).as("no error bits, no sign").isEqualTo(0xff);
        assertThat(uart.read(FR, 4)).isEqualTo(TXFE | RXFE);
        assertThat(uart.read(DR, 4)).as("an empty receiver reads zero").isZero();
    }

    @Test
    void aFullReceiverSaysSoAndTakesNoMore() {
        byte[] full = new byte[Pl011.FIFO_SIZE];
        Arrays.fill(full, (byte) 'x');
        uart.receive(Bytes.copyOf(full));
        assertThat(uart.read(FR, 4)).isEqualTo(TXFE | RXFF);
        assertThat(uart.receiverRoom()).isZero();
        assertThatThrownBy(() -> uart.receive(Bytes.copyOf(new byte[1]))).hasMessageContaining("do not fit");
    }

    @ParameterizedTest(name = "offset {0} reads {1}")
    @CsvSource({
        // UARTPeriphID0-3, UARTPCellID0-3 (DDI 0183 3.3.14 to 3.3.21), and two reset values
        "0xfe0, 0x11", "0xfe4, 0x10", "0xfe8, 0x14", "0xfec, 0x00",
        "0xff0, 0x0d", "0xff4, 0xf0", "0xff8, 0x05", "0xffc, 0xb1",
        "0x30, 0x300", "0x34, 0x12"
    })
    void theIdentificationAndResetValuesAreAsDocumented(String offset, String value) {
        assertThat(uart.read(Long.decode(offset), 4)).isEqualTo(Long.decode(value));
    }

    @ParameterizedTest(name = "register {0} keeps {2} of {1}")
    @CsvSource({
        "0x24, 0xfffff, 0xffff",
        "0x28, 0xff, 0x3f",
        "0x2c, 0x1ff, 0xff",
        "0x30, 0x1ffff, 0xffff",
        "0x38, 0xfff, 0x7ff"
    })
    void controlRegistersKeepTheirBitsUntilReset(String offset, String written, String kept) {
        long before = uart.read(Long.decode(offset), 4);
        uart.write(Long.decode(offset), 4, Long.decode(written));
        assertThat(uart.read(Long.decode(offset), 4)).isEqualTo(Long.decode(kept));
        uart.reset();
        assertThat(uart.read(Long.decode(offset), 4)).isEqualTo(before);
    }

    @Test
    void theMaskedInterruptStatusIsWhatTheMaskLetsThrough() {
        uart.receive(Bytes.copyOf(new byte[1]));
        assertThat(uart.read(0x3c, 4)).as("receive and transmit").isEqualTo(0x30);
        assertThat(uart.read(0x40, 4)).isZero();
        uart.write(0x38, 4, 0x10);
        assertThat(uart.read(0x40, 4)).isEqualTo(0x10);
    }

    @Test
    void aResetEmptiesTheReceiverButLosesNothingTransmitted() {
        uart.receive(Bytes.copyOf(new byte[3]));
        uart.write(DR, 4, 'x');
        uart.reset();
        assertThat(uart.receiverIsEmpty()).isTrue();
        assertThat(uart.transmittedCount()).isEqualTo(1);
    }

    @Test
    void reservedOffsetsReadZeroAndIgnoreWrites() {
        for (long offset = 0; offset < 0x1000; offset += 4) {
            uart.write(offset, 4, 0);
        }
        assertThat(uart.read(0x500, 4)).isZero();
        assertThat(uart.read(0xfe1, 1)).isZero();
    }

    @Test
    void itsLineIsHighWhileAnInterruptIsRaisedThatIsNotMasked() {
        Line line = uart.lines().getFirst();
        assertThat(line.isHigh()).as("all are masked after a reset").isFalse();
        uart.receive(Bytes.copyOf(new byte[] {1}));
        assertThat(line.isHigh()).as("the receiver's is masked").isFalse();
        uart.write(IMSC, 4, RXIM);
        assertThat(line.isHigh()).isTrue();
        uart.read(DR, 4);
        assertThat(line.isHigh()).as("the receiver is empty").isFalse();
        uart.receive(Bytes.copyOf(new byte[] {1}));
        assertThat(line.isHigh()).as("a byte arrives").isTrue();
        uart.write(IMSC, 4, 0);
        assertThat(line.isHigh()).as("masked").isFalse();
        uart.write(IMSC, 4, TXIM);
        assertThat(line.isHigh()).as("it can always transmit").isTrue();
        uart.reset();
        assertThat(line.isHigh()).as("reset").isFalse();
    }
}

package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.board.virtio.GuestDriver.Buffer;
import dev.trapline.board.virtio.GuestDriver.Used;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The console as a VirtIO device (VIRTIO 1.2 §5.3).
class VirtioTerminalTest {

    private static final long RINGS = 0x8000;

    private final ArrayMemory memory = new ArrayMemory(1 << 20);
    private final VirtioTerminal device = new VirtioTerminal(memory, 47);
    private final GuestDriver receive = new GuestDriver(memory, device);
    private final GuestDriver transmit = new GuestDriver(memory, device, 1, RINGS);

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private String printed() {
        String printed = new String(device.transmitted(), 0, device.transmittedCount(), StandardCharsets.US_ASCII);
        device.clearTransmitted();
        return printed;
    }

    /// Starts the device with its transmit queue at other addresses than the receive queue, which [GuestDriver]
    /// drives.
    private void start() {
        receive.start(0);
        transmit.enable();
    }

    private void register(int offset, int value) {
        device.write(offset, 4, value);
    }

    private int sent;

    private void print(String text) {
        print(text, text.length());
    }

    /// Makes a request in the transmit queue available, and notifies the device.
    private void print(String text, int length) {
        int slot = sent % 16;
        int data = memory.at(GuestDriver.DATA) + 0x8000 + 0x100 * slot;
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(content, 0, memory.bytes, data, content.length);
        sent++;
        transmit.send(transmit.chain(Buffer.readable(ArrayMemory.BASE + data, length)));
    }

    private int given() {
        return memory.words.getShort(memory.at(GuestDriver.USED + RINGS) + 2);
    }

    @Test
    void itIsAConsoleWithTwoQueuesAndASize() {
        assertThat(receive.register(0x08)).isEqualTo(3);
        assertThat(receive.offered() & 0xffffff).as("VIRTIO_CONSOLE_F_SIZE").isEqualTo(1);
        register(0x30, 1);
        assertThat(receive.register(0x34)).isEqualTo(128);
        register(0x30, 2);
        assertThat(receive.register(0x34)).isZero();
        assertThat(device.read(0x100, 2)).as("columns").isEqualTo(80);
        assertThat(device.read(0x102, 2)).as("rows").isEqualTo(25);
        assertThat(device.read(0x104, 4)).as("max_nr_ports").isZero();
    }

    /// A change is notified by bit 1 of InterruptStatus, and ConfigGeneration changes (§2.5.1 and §4.2.2.1).
    @Test
    void aDriverThatAcceptedTheSizeIsNotifiedOfItsChanges() {
        receive.start(1);
        device.resize(300, 7);
        assertThat(device.read(0x100, 4)).isEqualTo(7 << 16 | 300);
        assertThat(receive.register(0xfc)).as("ConfigGeneration").isEqualTo(1);
        assertThat(receive.register(0x60)).as("InterruptStatus").isEqualTo(2);
        assertThat(device.lines().getFirst().isHigh()).isTrue();
        register(0x64, 2);
        assertThat(device.lines().getFirst().isHigh()).isFalse();
    }

    /// Linux reads the size only when it is notified of a change.
    @Test
    void aDriverThatDoesNotRunYetIsNotifiedWhenItDoes() {
        device.resize(100, 40);
        assertThat(receive.register(0x60)).isZero();
        receive.start(1);
        assertThat(receive.register(0x60)).isEqualTo(2);
        assertThat(device.read(0x100, 2)).isEqualTo(100);
    }

    @Test
    void aDriverThatDidNotAcceptTheSizeIsNotNotified() {
        device.resize(100, 40);
        start();
        device.resize(101, 41);
        assertThat(receive.register(0x60)).isZero();
    }

    @Test
    void whatTheGuestSendsIsPrinted() {
        start();
        print("hello ");
        print("world");
        assertThat(printed()).isEqualTo("hello world");
        assertThat(given()).isEqualTo(2);
        assertThat(receive.interrupts()).isTrue();
    }

    @Test
    void receivedBytesWaitForABuffer() {
        device.receive(bytes("ab"));
        start();
        assertThat(device.receiverIsEmpty()).isFalse();
        assertThat(device.everRead()).isFalse();
        int head = receive.chain(Buffer.writable(GuestDriver.DATA, 64));
        receive.send(head);
        assertThat(receive.used()).containsExactly(new Used(head, 2));
        assertThat(device.everRead()).isTrue();
        assertThat(device.receiverIsEmpty()).isTrue();
    }

    @Test
    void aBufferWaitsForReceivedBytes() {
        start();
        int head = receive.chain(Buffer.writable(GuestDriver.DATA, 2));
        int second = receive.chain(Buffer.writable(GuestDriver.DATA + 16, 16));
        receive.send(head);
        receive.send(second);
        assertThat(receive.used()).as("nothing has arrived").isEmpty();
        assertThat(receive.interrupts()).isFalse();
        device.receive(bytes("abc"));
        assertThat(receive.interrupts()).isTrue();
        assertThat(receive.used()).containsExactly(new Used(head, 2), new Used(second, 1));
        int at = memory.at(GuestDriver.DATA);
        assertThat(Arrays.copyOfRange(memory.bytes, at, at + 3)).containsExactly('a', 'b', 0);
        assertThat(memory.bytes[at + 16]).isEqualTo((byte) 'c');
    }

    @Test
    void theReceiverHasRoomForSoManyBytes() {
        assertThat(device.receiverRoom()).isEqualTo(256);
        device.receive(Bytes.copyOf(new byte[250]));
        assertThat(device.receiverRoom()).isEqualTo(6);
        assertThatThrownBy(() -> device.receive(Bytes.copyOf(new byte[7])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("room for 6");
        device.reset();
        assertThat(device.receiverIsEmpty()).isTrue();
    }

    @Test
    void aGuestThatPrintsTooMuchWaitsForAMillisecond() {
        start();
        device.timePasses(1_000);
        print("", 0xffff);
        assertThat(device.deadline()).isEqualTo(Long.MAX_VALUE);
        print("", 0x1000);
        assertThat(given()).as("the rest of a request is printed").isEqualTo(2);
        assertThat(device.deadline()).isEqualTo(1_000 + 62_500);
        print("late");
        assertThat(given()).as("further requests wait").isEqualTo(2);
        device.clearTransmitted();

        VirtioTerminal loaded = new VirtioTerminal(memory, 47);
        loaded.load(device.save());
        assertThat(loaded.deadline()).isEqualTo(1_000 + 62_500);

        device.timePasses(63_499);
        assertThat(given()).isEqualTo(2);
        device.timePasses(63_500);
        assertThat(given()).isEqualTo(3);
        assertThat(device.deadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(device.save()).as("it has printed between two slices").isNotEqualTo(loaded.save());
        loaded.load(device.save());
        assertThat(loaded.transmittedCount()).isEqualTo(4);
        assertThat(printed()).isEqualTo("late");
    }

    @Test
    void aRequestThatIsTooLargeIsAFault() {
        start();
        print("", 0x10001);
        assertThat(device.trouble()).isEqualTo("a request asks to print 65537 bytes; at most 65536 are possible");
        assertThat(device.transmittedCount()).isZero();
    }
}

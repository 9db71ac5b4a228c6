package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.board.virtio.GuestDriver.Buffer;
import dev.trapline.board.virtio.GuestDriver.Used;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A network interface (VIRTIO 1.2 §5.1).
class NetworkCardTest {

    private static final MacAddress MAC = new MacAddress(0x0212_3456_789aL);
    private static final long RINGS = 0x8000;
    private static final long MTU = 1 << 3;
    private static final long ADDRESS = 1 << 5;
    private static final long STATUS = 1 << 16;
    /// How long `virtio_net_hdr` is, with `num_buffers`.
    private static final int HEADER = 12;
    private static final long TO_SEND = GuestDriver.DATA + 0x8000;

    private final ArrayMemory memory = new ArrayMemory(1 << 20);

    /// A device with drivers of both of its queues.
    private record Setup(NetworkCard device, GuestDriver receive, GuestDriver transmit) {}

    private Setup setup(NetworkCard device) {
        Setup setup = new Setup(device, new GuestDriver(memory, device), new GuestDriver(memory, device, 1, RINGS));
        setup.receive.start(ADDRESS | STATUS);
        setup.transmit.enable();
        return setup;
    }

    private Setup connected() {
        return setup(NetworkCard.connected(MAC, memory, 46));
    }

    private Setup looped() {
        return setup(NetworkCard.looped(MAC, memory, 46));
    }

    private static Bytes frame(int length, int content) {
        byte[] frame = new byte[length];
        Arrays.fill(frame, (byte) content);
        return Bytes.copyOf(frame);
    }

    /// Puts a header and a frame where a guest sends them from.
    private void prepare(Bytes frame) {
        int at = memory.at(TO_SEND);
        Arrays.fill(memory.bytes, at, at + HEADER, (byte) 0);
        frame.copyTo(0, memory.bytes, at + HEADER, frame.size());
    }

    private void send(Setup setup, Bytes frame) {
        prepare(frame);
        setup.transmit.send(setup.transmit.chain(Buffer.readable(TO_SEND, HEADER + frame.size())));
    }

    private byte[] data(long address, int length) {
        int at = memory.at(address);
        return Arrays.copyOfRange(memory.bytes, at, at + length);
    }

    @Test
    void itIsANetworkDeviceWithTwoQueuesAndNoOffloads() {
        GuestDriver driver = new GuestDriver(memory, NetworkCard.connected(MAC, memory, 46));
        assertThat(driver.register(0x08)).as("§5.1.1").isEqualTo(1);
        assertThat(driver.offered() & 0xff_ffff).isEqualTo(MTU | ADDRESS | STATUS);
        driver.register(0x30, 1);
        assertThat(driver.register(0x34)).as("§5.1.2").isEqualTo(256);
        driver.register(0x30, 2);
        assertThat(driver.register(0x34)).as("no control queue").isZero();
    }

    @Test
    void itsConfigurationHasTheAddressTheLinkThatIsUpAndTheLargestPayload() {
        NetworkCard device = NetworkCard.connected(MAC, memory, 46);
        int[] octets = {0x02, 0x12, 0x34, 0x56, 0x78, 0x9a};
        for (int k = 0; k < octets.length; k++) {
            assertThat(device.read(0x100 + k, 1)).as("mac[%d], §5.1.4", k).isEqualTo(octets[k]);
        }
        assertThat(device.read(0x106, 2)).as("VIRTIO_NET_S_LINK_UP").isEqualTo(1);
        assertThat(device.read(0x108, 2)).as("max_virtqueue_pairs, not offered").isZero();
        assertThat(device.read(0x10a, 2)).as("mtu").isEqualTo(1500);
    }

    @Test
    void whatTheGuestSendsIsTakenWithoutItsHeader() {
        Setup setup = connected();
        send(setup, frame(60, 7));
        assertThat(setup.transmit.used()).containsExactly(new Used(0, 0));
        assertThat(setup.transmit.interrupts()).isTrue();
        assertThat(setup.device.hasSent()).isTrue();
        assertThat(setup.device.takeSent()).containsExactly(frame(60, 7));
        assertThat(setup.device.hasSent()).isFalse();
    }

    @Test
    void aFrameMayBeInAnyNumberOfBuffers() {
        Setup setup = connected();
        prepare(frame(60, 7));
        setup.transmit.send(setup.transmit.chain(
                Buffer.readable(TO_SEND, 5),
                Buffer.readable(TO_SEND + 5, 10),
                Buffer.readable(TO_SEND + 15, HEADER + 60 - 15)));
        assertThat(setup.device.takeSent()).as("§2.7.4.1").containsExactly(frame(60, 7));
    }

    @Test
    void flagsThatTheDriverDidNotNegotiateAreIgnored() {
        Setup setup = connected();
        prepare(frame(60, 7));
        Arrays.fill(memory.bytes, memory.at(TO_SEND), memory.at(TO_SEND) + HEADER, (byte) 0xff);
        setup.transmit.send(setup.transmit.chain(Buffer.readable(TO_SEND, HEADER + 60)));
        assertThat(setup.device.takeSent()).as("§5.1.6.2.2").containsExactly(frame(60, 7));
    }

    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({"0, 0", "13, 0", "14, 1", "1514, 1", "1518, 1", "1519, 0", "65536, 0"})
    void aFrameWithoutAValidLengthIsDropped(int length, int sent) {
        Setup setup = connected();
        setup.transmit.send(setup.transmit.chain(Buffer.readable(TO_SEND, HEADER + length)));
        assertThat(setup.device.takeSent()).hasSize(sent);
        assertThat(setup.device.droppedSent()).isEqualTo(1 - sent);
        assertThat(setup.transmit.used()).as("the guest gets its buffer back").containsExactly(new Used(0, 0));
        assertThat(setup.device.trouble()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 11})
    void aFrameWithoutItsHeaderIsAFault(int length) {
        Setup setup = connected();
        setup.transmit.send(
                setup.transmit.chain(length == 0 ? Buffer.writable(TO_SEND, 64) : Buffer.readable(TO_SEND, length)));
        assertThat(setup.device.trouble())
                .isEqualTo("a frame to send has " + length + " bytes, and its header alone needs 12");
        assertThat(setup.receive.status() & GuestDriver.NEEDS_RESET).isEqualTo(GuestDriver.NEEDS_RESET);
        setup.device.receive(frame(60, 1));
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        assertThat(setup.receive.used())
                .as("until it is reset, it does nothing")
                .isEmpty();
        setup.receive.register(0x70, 0);
        assertThat(setup.device.trouble()).isEmpty();
    }

    @Test
    void aReceivedFrameHasAHeaderThatSaysOneBuffer() {
        Setup setup = connected();
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        assertThat(setup.receive.used()).as("nothing has arrived").isEmpty();
        setup.device.receive(frame(60, 9));
        assertThat(setup.receive.interrupts()).isTrue();
        assertThat(setup.receive.used()).containsExactly(new Used(0, HEADER + 60));
        assertThat(data(GuestDriver.DATA, HEADER))
                .as("§5.1.6.4.1: num_buffers is 1, flags and gso_type are 0")
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);
        assertThat(data(GuestDriver.DATA + HEADER, 60)).containsOnly(9);
    }

    @Test
    void framesWaitForBuffersAndKeepTheirOrder() {
        Setup setup = connected();
        setup.device.receive(frame(14, 1));
        setup.device.receive(frame(1518, 2));
        assertThat(setup.receive.interrupts()).isFalse();
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1530)));
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA + 0x1000, 1530)));
        assertThat(setup.receive.used()).containsExactly(new Used(0, HEADER + 14), new Used(1, HEADER + 1518));
        assertThat(data(GuestDriver.DATA + HEADER, 14)).containsOnly(1);
        assertThat(data(GuestDriver.DATA + 0x1000 + HEADER, 1518)).containsOnly(2);
    }

    @Test
    void aBufferThatIsTooSmallIsGivenBackEmptyAndTheFrameIsDropped() {
        Setup setup = connected();
        setup.receive.offer(setup.receive.chain(Buffer.writable(GuestDriver.DATA, HEADER + 59)));
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, HEADER + 60)));
        setup.device.receive(frame(60, 1));
        setup.device.receive(frame(60, 2));
        assertThat(setup.receive.used()).containsExactly(new Used(0, 0), new Used(1, HEADER + 60));
        assertThat(data(GuestDriver.DATA + HEADER, 60)).containsOnly(2);
        assertThat(setup.device.droppedReceived()).isEqualTo(1);
    }

    @Test
    void twoHundredAndFiftySixFramesWaitAndFurtherOnesAreDropped() {
        Setup setup = connected();
        for (int k = 0; k < 256; k++) {
            assertThat(setup.device.hasRoom()).isTrue();
            setup.device.receive(frame(60, k));
        }
        assertThat(setup.device.hasRoom()).isFalse();
        setup.device.receive(frame(60, 1));
        assertThat(setup.device.droppedReceived()).isEqualTo(1);
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        assertThat(setup.device.hasRoom()).isTrue();
    }

    @Test
    void aGuestThatSendsWithoutEndNeedsNoMoreMemory() {
        Setup setup = connected();
        for (int k = 0; k < 300; k++) {
            send(setup, frame(60, k));
        }
        assertThat(setup.device.takeSent()).hasSize(256);
        assertThat(setup.device.droppedSent()).isEqualTo(44);
        NetworkCard loaded = NetworkCard.connected(MAC, memory, 46);
        loaded.load(setup.device.save());
        assertThat(loaded.droppedSent()).as("it is part of the state").isEqualTo(44);
    }

    @Test
    void inALoopAFrameComesBackAfterAMillisecond() {
        Setup setup = looped();
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        setup.device.timePasses(1_000);
        assertThat(setup.device.deadline()).isEqualTo(Long.MAX_VALUE);
        send(setup, frame(60, 7));
        assertThat(setup.device.hasSent()).isFalse();
        assertThat(setup.device.deadline()).as("1 ms has 62 500 ticks").isEqualTo(1_000 + 62_500);
        setup.device.timePasses(63_499);
        assertThat(setup.receive.used()).isEmpty();
        setup.device.timePasses(63_500);
        assertThat(setup.receive.used()).containsExactly(new Used(0, HEADER + 60));
        assertThat(data(GuestDriver.DATA + HEADER, 60)).containsOnly(7);
        assertThat(setup.device.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void framesInALoopKeepTheirOrderAndAreDroppedWhenThereAreTooMany() {
        Setup setup = looped();
        for (int k = 0; k < 257; k++) {
            send(setup, frame(60, k));
        }
        assertThat(setup.device.droppedSent()).isEqualTo(1);
        setup.device.timePasses(62_500);
        for (int k = 0; k < 256; k++) {
            setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
            assertThat(data(GuestDriver.DATA + HEADER, 60)).containsOnly(k);
        }
        assertThat(setup.device.hasRoom()).isTrue();
    }

    @Test
    void aLoadedDeviceHasTheFramesOfTheSavedOne() {
        Setup setup = looped();
        send(setup, frame(60, 1));
        setup.device.timePasses(62_500);
        send(setup, frame(60, 2));
        NetworkCard loaded = NetworkCard.looped(MAC, memory, 46);
        loaded.load(setup.device.save());
        assertThat(loaded.save()).isEqualTo(setup.device.save());
        assertThat(loaded.deadline()).isEqualTo(125_000);

        loaded.timePasses(125_000);
        GuestDriver receive = new GuestDriver(memory, loaded);
        receive.send(receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        receive.send(receive.chain(Buffer.writable(GuestDriver.DATA + 0x1000, 1526)));
        assertThat(data(GuestDriver.DATA + HEADER, 60))
                .as("it waited for a buffer")
                .containsOnly(1);
        assertThat(data(GuestDriver.DATA + 0x1000 + HEADER, 60))
                .as("it was on its way")
                .containsOnly(2);
    }

    @Test
    void aLoadedDeviceHasNotSentWhatTheOneBeforeHas() {
        Setup setup = connected();
        Bytes state = setup.device.save();
        send(setup, frame(60, 1));
        setup.device.load(state);
        assertThat(setup.device.hasSent()).isFalse();
    }

    @Test
    void aStateWithAFrameThatCannotBeIsDamaged() {
        NetworkCard device = NetworkCard.connected(MAC, memory, 46);
        device.receive(frame(13, 1));
        Bytes state = device.save();
        assertThatThrownBy(() -> device.load(state))
                .isInstanceOf(StateDamagedException.class)
                .hasMessage("a frame that waits has 13 bytes");
    }

    @Test
    void aResetOfTheMachineDropsAllFrames() {
        Setup setup = looped();
        send(setup, frame(60, 1));
        setup.device.receive(frame(60, 2));
        setup.device.reset();
        assertThat(setup.device.deadline()).isEqualTo(Long.MAX_VALUE);
        setup.receive.start(ADDRESS);
        setup.receive.send(setup.receive.chain(Buffer.writable(GuestDriver.DATA, 1526)));
        assertThat(setup.receive.interrupts()).isFalse();
    }

    @Test
    void itsNodeInTheDeviceTreeIsThatOfEveryVirtioDevice() {
        NetworkCard device = NetworkCard.looped(MAC, memory, 46);
        assertThat(device.node(0x0a00_3c00L)).isEqualTo(VirtioMmio.empty(46).node(0x0a00_3c00L));
        assertThat(List.of(device.name(), device.version())).containsExactly("virtio-net", "1");
    }
}

package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.virtio.GuestDriver.Buffer;
import dev.trapline.board.virtio.GuestDriver.Used;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Split virtqueues (VIRTIO 1.2 §2.7), and what a device does about a driver that breaks their rules.
class VirtioQueueTest {

    private final ArrayMemory memory = new ArrayMemory(1 << 20);
    private final Mirror function = new Mirror();
    private final VirtioMmio device = new VirtioMmio(function, memory, 16);
    private final GuestDriver driver = new GuestDriver(memory, device);

    private void put(long address, int... bytes) {
        for (int k = 0; k < bytes.length; k++) {
            memory.bytes[memory.at(address) + k] = (byte) bytes[k];
        }
    }

    private List<Integer> get(long address, int count) {
        List<Integer> bytes = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            bytes.add((int) memory.bytes[memory.at(address) + k]);
        }
        return bytes;
    }

    private void expectTrouble(String message) {
        assertThat(device.trouble()).contains(message);
        assertThat(driver.status() & GuestDriver.NEEDS_RESET)
                .as("DEVICE_NEEDS_RESET")
                .isNotZero();
        int before = function.handled;
        driver.send();
        assertThat(function.handled).as("nothing is handled until a reset").isEqualTo(before);
        driver.start(0);
        assertThat(driver.status()).as("a reset repairs it").isEqualTo(15);
    }

    @Test
    void buffersAreOneSequenceOfBytesWhereverTheyEnd() {
        driver.start(0);
        put(GuestDriver.DATA, 1, 2);
        put(GuestDriver.DATA + 0x100, 3, 4, 5);
        int head = driver.chain(
                Buffer.readable(GuestDriver.DATA, 2),
                Buffer.readable(GuestDriver.DATA + 0x100, 3),
                Buffer.writable(GuestDriver.DATA + 0x200, 1),
                Buffer.writable(GuestDriver.DATA + 0x300, 9));
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, 5));
        assertThat(get(GuestDriver.DATA + 0x200, 2)).containsExactly(1, 0);
        assertThat(get(GuestDriver.DATA + 0x300, 5)).containsExactly(2, 3, 4, 5, 0);
    }

    @Test
    void anEmptyBufferIsAllowed() {
        driver.start(0);
        put(GuestDriver.DATA, 1, 2);
        int head = driver.chain(
                Buffer.readable(GuestDriver.DATA, 0),
                Buffer.readable(GuestDriver.DATA, 2),
                Buffer.writable(GuestDriver.DATA, 0),
                Buffer.writable(GuestDriver.DATA + 8, 2));
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, 2));
    }

    @Test
    void anIndirectTableHasTheBuffersOfAChain() {
        driver.start(GuestDriver.INDIRECT_DESC);
        put(GuestDriver.DATA, 6, 7);
        int head =
                driver.indirectChain(Buffer.readable(GuestDriver.DATA, 2), Buffer.writable(GuestDriver.DATA + 0x10, 2));
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, 2));
        assertThat(get(GuestDriver.DATA + 0x10, 2)).containsExactly(6, 7);
    }

    /// §2.7.5.3.2: a device handles normal descriptors that are followed by one with a table, and ignores the flag
    /// WRITE of that one.
    @Test
    void aTableCanFollowNormalDescriptors() {
        driver.start(GuestDriver.INDIRECT_DESC);
        put(GuestDriver.DATA, 8);
        driver.descriptor(GuestDriver.DESCRIPTORS, 0, GuestDriver.DATA, 1, GuestDriver.NEXT, 5);
        driver.descriptor(
                GuestDriver.DESCRIPTORS,
                5,
                GuestDriver.INDIRECT_TABLE,
                16,
                GuestDriver.INDIRECT | GuestDriver.WRITE,
                0);
        driver.descriptor(GuestDriver.INDIRECT_TABLE, 0, GuestDriver.DATA + 1, 1, GuestDriver.WRITE, 0);
        driver.send(0);
        assertThat(driver.used()).containsExactly(new Used(0, 1));
        assertThat(get(GuestDriver.DATA + 1, 1)).containsExactly(8);
    }

    @Test
    void theIndexesOfTheRingsWrapAt65536() {
        driver.start(0);
        for (int left = 70_000; left > 0; left--) {
            int head = driver.chain(Buffer.writable(GuestDriver.DATA, 1));
            driver.send(head);
            assertThat(driver.used()).containsExactly(new Used(head, 0));
        }
    }

    @Test
    void oneNotificationHandlesAllAvailableChainsInOrder() {
        driver.start(0);
        List<Used> expected = new ArrayList<>();
        for (int k = 0; k < GuestDriver.SIZE; k++) {
            int head = driver.chain(Buffer.writable(GuestDriver.DATA, 1));
            driver.offer(head);
            expected.add(new Used(head, 0));
        }
        driver.send();
        assertThat(driver.used()).isEqualTo(expected);
    }

    @Test
    void aDriverThatAsksForNoInterruptGetsNone() {
        driver.start(0);
        driver.availableFlags(1);
        driver.send(driver.chain(Buffer.writable(GuestDriver.DATA, 1)));
        assertThat(driver.interrupts()).isFalse();
        driver.availableFlags(0);
        driver.send();
        assertThat(driver.interrupts()).as("nothing new was used").isFalse();
        driver.send(driver.chain(Buffer.writable(GuestDriver.DATA, 1)));
        assertThat(driver.interrupts()).isTrue();
    }

    /// §2.7.7.1: an interrupt when the index reaches the one that the driver wrote.
    @ParameterizedTest(name = "event {0}: {1}")
    @CsvSource({"0, true", "1, true", "2, true", "3, false", "65535, false"})
    void withEventIndexesTheDriverSaysWhichChainInterrupts(int event, boolean interrupts) {
        driver.start(GuestDriver.EVENT_IDX);
        driver.availableFlags(1);
        driver.usedEvent(event);
        for (int k = 0; k < 3; k++) {
            driver.offer(driver.chain(Buffer.writable(GuestDriver.DATA, 1)));
        }
        driver.send();
        assertThat(driver.interrupts()).isEqualTo(interrupts);
        assertThat(driver.availableEvent())
                .as("the next chain is to be notified")
                .isEqualTo(3);
    }

    @ParameterizedTest(name = "size {0}")
    @ValueSource(longs = {0, 3, 15, 32, 0x10000, 0x8000_0000L, 0xffff_ffffL})
    void aSizeThatIsNoPowerOfTwoOrTooLargeIsRefused(long size) {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.enable((int) size, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
        assertThat(driver.register(0x44)).isZero();
        assertThat(driver.interrupts()).as("before DRIVER_OK").isFalse();
        expectTrouble("queue 0 has the size " + size);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "0x40001008, 0x40002000, 0x40003000, not a multiple of 16",
        "0x40001000, 0x40002001, 0x40003000, not a multiple of 2",
        "0x40001000, 0x40002000, 0x40003002, not a multiple of 4",
        "0x3fffff10, 0x40002000, 0x40003000, the descriptor table of queue 0 is not in RAM",
        "0x400fff10, 0x40002000, 0x40003000, the descriptor table of queue 0 is not in RAM",
        "0x40001000, 0x400fffdc, 0x40003000, the available ring of queue 0 is not in RAM",
        "0x40001000, 0x40002000, 0x400fff7c, the used ring of queue 0 is not in RAM",
        "0x40001000, 0x40002000, -16, the used ring of queue 0 is not in RAM",
        "0x40001000, 0x7ffffffffffffff0, 0x40003000, the available ring of queue 0 is not in RAM"
    })
    void aQueueThatIsNotInRamOrNotAlignedIsRefused(String descriptors, String available, String used, String message) {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.enable(GuestDriver.SIZE, Long.decode(descriptors), Long.decode(available), Long.decode(used));
        assertThat(driver.register(0x44)).isZero();
        expectTrouble(message);
    }

    @Test
    void moreChainsThanTheQueueHasAreRefused() {
        driver.start(0);
        memory.words.putShort(memory.at(GuestDriver.AVAILABLE) + 2, (short) (GuestDriver.SIZE + 1));
        driver.send();
        assertThat(driver.register(0x60)).as("a configuration change").isEqualTo(2);
        assertThat(driver.interrupts()).isTrue();
        expectTrouble("17 chains available, more than its size, 16");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 0x8000, 0xffff})
    void aDescriptorThatDoesNotExistIsRefused(int head) {
        driver.start(0);
        driver.send(head);
        expectTrouble("descriptor " + head + " of the descriptor table of queue 0 does not exist");
    }

    @Test
    void aNextDescriptorThatDoesNotExistIsRefused() {
        driver.start(0);
        driver.descriptor(GuestDriver.DESCRIPTORS, 0, GuestDriver.DATA, 1, GuestDriver.NEXT, 16);
        driver.send(0);
        expectTrouble("descriptor 16 of");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void aLoopOfDescriptorsIsRefused(int length) {
        driver.start(0);
        for (int k = 0; k < length; k++) {
            driver.descriptor(GuestDriver.DESCRIPTORS, k, GuestDriver.DATA, 1, GuestDriver.NEXT, (k + 1) % length);
        }
        driver.send(0);
        expectTrouble("or a loop");
    }

    @ParameterizedTest(name = "{0} bytes at {1}")
    @CsvSource({
        "1, 0",
        "1, 0x3fffffff",
        "1, 0x40100000",
        "2, 0x400fffff",
        "0xffffffff, 0x40010000",
        "0xffffffff, -1",
        "1, -1",
        "0, 0",
        "0x100001, 0x40000000",
        "4, 0x8000000040010000"
    })
    void aBufferThatIsNotInRamIsRefused(String length, String address) {
        driver.start(0);
        driver.send(driver.chain(Buffer.writable(
                address.startsWith("0x8") ? Long.parseUnsignedLong(address.substring(2), 16) : Long.decode(address),
                (int) (long) Long.decode(length))));
        assertThat(driver.used()).isEmpty();
        expectTrouble("has a buffer that is not in RAM: " + length.replaceFirst("^(0x)?", "0x") + " bytes");
    }

    @Test
    void aReadableBufferAfterAWritableOneIsRefused() {
        driver.start(0);
        driver.send(driver.chain(Buffer.writable(GuestDriver.DATA, 1), Buffer.readable(GuestDriver.DATA, 1)));
        expectTrouble("is readable, but follows a writable one");
    }

    @ParameterizedTest(name = "{0} bytes, flags {1}: {2}")
    @CsvSource({
        "0, 4, not whole descriptors",
        "15, 4, not whole descriptors",
        "17, 4, not whole descriptors",
        "16, 5, and to a next descriptor",
        "0x100000, 4, is not in RAM",
        "0xfffffff0, 4, is not in RAM"
    })
    void aTableThatIsNotValidIsRefused(String length, int flags, String message) {
        driver.start(GuestDriver.INDIRECT_DESC);
        driver.descriptor(
                GuestDriver.DESCRIPTORS, 0, GuestDriver.INDIRECT_TABLE, (int) (long) Long.decode(length), flags, 1);
        driver.send(0);
        expectTrouble(message);
    }

    @Test
    void aTableInATableIsRefused() {
        driver.start(GuestDriver.INDIRECT_DESC);
        driver.descriptor(GuestDriver.DESCRIPTORS, 0, GuestDriver.INDIRECT_TABLE, 16, GuestDriver.INDIRECT, 0);
        driver.descriptor(GuestDriver.INDIRECT_TABLE, 0, GuestDriver.INDIRECT_TABLE, 16, GuestDriver.INDIRECT, 0);
        driver.send(0);
        expectTrouble("descriptor 0 of the table of descriptor 0 of the descriptor table of queue 0 refers to a table");
    }

    @Test
    void aLoopInATableIsRefused() {
        driver.start(GuestDriver.INDIRECT_DESC);
        driver.descriptor(GuestDriver.DESCRIPTORS, 0, GuestDriver.INDIRECT_TABLE, 32, GuestDriver.INDIRECT, 0);
        driver.descriptor(GuestDriver.INDIRECT_TABLE, 0, GuestDriver.DATA, 1, GuestDriver.NEXT, 1);
        driver.descriptor(GuestDriver.INDIRECT_TABLE, 1, GuestDriver.DATA, 1, GuestDriver.NEXT, 0);
        driver.send(0);
        expectTrouble("or a loop");
    }

    /// The device writes into the available ring, and so says that there is always one more chain.
    @Test
    void aDeviceThatMakesChainsAvailableToItselfStops() {
        driver.start(0);
        put(GuestDriver.DATA, 0, 0, 9, 0);
        int head = driver.chain(Buffer.readable(GuestDriver.DATA, 4), Buffer.writable(GuestDriver.AVAILABLE, 4));
        driver.send(head);
        assertThat(driver.used()).as("one was available").hasSize(1);
        assertThat(function.handled).isEqualTo(1);
    }

    @Test
    void whatWasUsedBeforeTheFaultIsReported() {
        driver.start(0);
        int head = driver.chain(Buffer.writable(GuestDriver.DATA, 1));
        driver.offer(head);
        driver.offer(GuestDriver.SIZE);
        driver.send();
        assertThat(driver.used()).containsExactly(new Used(head, 0));
        assertThat(driver.register(0x60))
                .as("used buffer, and configuration change")
                .isEqualTo(3);
        expectTrouble("does not exist");
    }
}

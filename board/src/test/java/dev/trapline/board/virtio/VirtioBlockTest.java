package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.virtio.GuestDriver.Buffer;
import dev.trapline.board.virtio.GuestDriver.Used;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A disk with 300 sectors (VIRTIO 1.2 §5.2).
class VirtioBlockTest {

    private static final int SECTORS = 300;
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int FLUSH = 4;
    private static final int GET_ID = 8;
    private static final int OK = 0;
    private static final int IOERR = 1;
    private static final int UNSUPP = 2;
    private static final long HEADER = GuestDriver.DATA;
    private static final long STATUS = GuestDriver.DATA + 0x100;
    private static final long CONTENT = GuestDriver.DATA + 0x1000;

    private final byte[] image = new byte[SECTORS * 512];
    private final ArrayMemory memory = new ArrayMemory(1 << 20);
    private final VirtioBlock block;
    private final VirtioMmio device;
    private final GuestDriver driver;

    VirtioBlockTest() {
        new Random(1).nextBytes(image);
        block = VirtioBlock.writable(Bytes.copyOf(image), "a disk");
        device = new VirtioMmio(block, memory, 16);
        driver = new GuestDriver(memory, device);
    }

    /// Makes a request.
    ///
    /// @param data of the request, besides header and status
    /// @return its status
    private int request(GuestDriver by, int type, long sector, Buffer... data) {
        by.memory.words.putInt(by.memory.at(HEADER), type);
        by.memory.words.putLong(by.memory.at(HEADER) + 8, sector);
        by.memory.bytes[by.memory.at(STATUS)] = 0x55;
        Buffer[] buffers = new Buffer[data.length + 2];
        buffers[0] = Buffer.readable(HEADER, 16);
        System.arraycopy(data, 0, buffers, 1, data.length);
        buffers[data.length + 1] = Buffer.writable(STATUS, 1);
        int head = by.chain(buffers);
        by.send(head);
        int writable = Arrays.stream(buffers)
                .filter(Buffer::writable)
                .mapToInt(Buffer::length)
                .sum();
        assertThat(by.used()).as("all that is writable was written").containsExactly(new Used(head, writable));
        return by.memory.bytes[by.memory.at(STATUS)];
    }

    private byte[] content(GuestDriver by, int length) {
        int at = by.memory.at(CONTENT);
        return Arrays.copyOfRange(by.memory.bytes, at, at + length);
    }

    private byte[] read(GuestDriver by, long sector, int count) {
        assertThat(request(by, IN, sector, Buffer.writable(CONTENT, 512 * count)))
                .isEqualTo(OK);
        return content(by, 512 * count);
    }

    private void write(GuestDriver by, long sector, byte[] bytes) {
        System.arraycopy(bytes, 0, by.memory.bytes, by.memory.at(CONTENT), bytes.length);
        assertThat(request(by, OUT, sector, Buffer.readable(CONTENT, bytes.length)))
                .isEqualTo(OK);
    }

    @Test
    void theConfigurationHasTheCapacityTheSegmentsAndTheSizeOfABlock() {
        assertThat(driver.register(0x08)).isEqualTo(2);
        assertThat(device.read(0x100, 8)).isEqualTo(SECTORS);
        assertThat(device.read(0x100, 2)).isEqualTo(SECTORS);
        assertThat(device.read(0x101, 1)).isEqualTo(SECTORS >> 8);
        assertThat(device.read(0x10c, 4)).as("seg_max").isEqualTo(driver.register(0x34) - 2);
        assertThat(device.read(0x114, 4)).as("blk_size").isEqualTo(512);
        assertThat(driver.offered() & 0xff_ffff)
                .as("SEG_MAX, BLK_SIZE and FLUSH")
                .isEqualTo(1 << 2 | 1 << 6 | 1 << 9);
        device.write(0x100, 4, 1);
        assertThat(device.read(0x100, 4)).as("it cannot be written").isEqualTo(SECTORS);
    }

    @Test
    void sectorsAreReadFromTheImage() {
        driver.start(0);
        assertThat(read(driver, 0, 1)).isEqualTo(Arrays.copyOf(image, 512));
        assertThat(read(driver, 299, 1)).isEqualTo(Arrays.copyOfRange(image, 299 * 512, 300 * 512));
        assertThat(read(driver, 0, SECTORS)).isEqualTo(image);
    }

    @Test
    void writtenSectorsAreReadAgainAndTheOthersStay() {
        driver.start(0);
        byte[] bytes = new byte[200 * 512];
        new Random(2).nextBytes(bytes);
        write(driver, 50, bytes);
        byte[] expected = image.clone();
        System.arraycopy(bytes, 0, expected, 50 * 512, bytes.length);
        assertThat(read(driver, 0, SECTORS)).isEqualTo(expected);
    }

    @Test
    void aResetKeepsWhatWasWritten() {
        driver.start(0);
        byte[] bytes = new byte[512];
        write(driver, 3, bytes);
        device.reset();
        GuestDriver again = new GuestDriver(new ArrayMemory(0), device);
        assertThat(again.status()).isZero();
        Arrays.fill(memory.bytes, (byte) 0);
        GuestDriver next = new GuestDriver(memory, device).start(0);
        assertThat(read(next, 3, 1)).isEqualTo(bytes);
    }

    /// §2.7.4: the device makes no assumption about the buffers.
    @Test
    void headerDataAndStatusCanBeSplitAnywhere() {
        driver.start(0);
        memory.words.putInt(memory.at(HEADER), IN);
        memory.words.putLong(memory.at(HEADER) + 8, 7);
        int head = driver.chain(
                Buffer.readable(HEADER, 3),
                Buffer.readable(HEADER + 3, 13),
                Buffer.writable(CONTENT, 100),
                Buffer.writable(CONTENT + 100, 413));
        memory.bytes[memory.at(CONTENT) + 512] = 0x55;
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, 513));
        assertThat(content(driver, 512)).isEqualTo(Arrays.copyOfRange(image, 7 * 512, 8 * 512));
        assertThat(memory.bytes[memory.at(CONTENT) + 512]).isEqualTo((byte) OK);
    }

    @ParameterizedTest(name = "sector {0}, {1} bytes")
    @CsvSource({
        "300, 512",
        "299, 1024",
        "-1, 512",
        "0x7fffffffffffffff, 512",
        "0x100000000, 512",
        "0, 511",
        "0, 513",
        "0, 1",
        "0, 154112"
    })
    void aTransferOfOtherThanExistingSectorsFails(String sector, int bytes) {
        driver.start(0);
        Arrays.fill(memory.bytes, memory.at(CONTENT), memory.at(CONTENT) + bytes, (byte) 1);
        assertThat(request(driver, OUT, Long.decode(sector), Buffer.readable(CONTENT, bytes)))
                .isEqualTo(IOERR);
        assertThat(request(driver, IN, Long.decode(sector), Buffer.writable(CONTENT, bytes)))
                .isEqualTo(IOERR);
        assertThat(content(driver, bytes))
                .as("nothing of the guest's or host's")
                .containsOnly(0);
        assertThat(read(driver, 0, SECTORS)).isEqualTo(image);
        assertThat(driver.status()).as("the device continues").isEqualTo(15);
    }

    @Test
    void aReadOnlyDiskSaysSoAndRefusesWrites() {
        VirtioMmio fixed = new VirtioMmio(VirtioBlock.readOnly(Bytes.copyOf(image), ""), memory, 16);
        GuestDriver by = new GuestDriver(memory, fixed);
        assertThat(by.offered() & (1 << 5)).as("VIRTIO_BLK_F_RO").isNotZero();
        by.start(1 << 5);
        assertThat(request(by, OUT, 0, Buffer.readable(CONTENT, 512))).isEqualTo(IOERR);
        assertThat(read(by, 0, SECTORS)).isEqualTo(image);
    }

    @Test
    void aFlushSucceeds() {
        driver.start(1 << 9);
        assertThat(request(driver, FLUSH, 0)).isEqualTo(OK);
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {20, 3, 0})
    void theDiskHasAName(int room) {
        driver.start(0);
        assertThat(request(driver, GET_ID, 0, Buffer.writable(CONTENT, room))).isEqualTo(OK);
        byte[] expected = Arrays.copyOf("a disk".getBytes(StandardCharsets.US_ASCII), room);
        assertThat(content(driver, room)).as("padded with zeros").isEqualTo(expected);
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VirtioBlock.writable(Bytes.EMPTY, "a name of 21 bytes  .."))
                .withMessageContaining("20 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 11, 13, 0x7fff_ffff, -1})
    void anotherRequestIsUnsupported(int type) {
        driver.start(0);
        assertThat(request(driver, type, 0, Buffer.writable(CONTENT, 16))).isEqualTo(UNSUPP);
    }

    @Test
    void aRequestWithoutItsHeaderOrStatusNeedsAReset() {
        driver.start(0);
        driver.send(driver.chain(Buffer.readable(HEADER, 15), Buffer.writable(STATUS, 1)));
        assertThat(device.trouble()).contains("it has 15 readable bytes, and needs 16");
        driver.start(0);
        assertThat(driver.status()).isEqualTo(15);
        GuestDriver again = restarted();
        again.send(again.chain(Buffer.readable(HEADER, 16)));
        assertThat(device.trouble()).contains("no room for its status");
    }

    private GuestDriver restarted() {
        Arrays.fill(memory.bytes, (byte) 0);
        return new GuestDriver(memory, device).start(0);
    }

    @Test
    void anImageThatEndsWithinASectorIsFilledWithZeros() {
        VirtioMmio odd = new VirtioMmio(VirtioBlock.writable(Bytes.copyOf(image, 0, 700), ""), memory, 16);
        GuestDriver by = new GuestDriver(memory, odd).start(0);
        assertThat(odd.read(0x100, 8)).isEqualTo(2);
        assertThat(read(by, 0, 2)).isEqualTo(Arrays.copyOf(Arrays.copyOf(image, 700), 1024));
    }

    @Test
    void anEmptyImageHasNoSectors() {
        VirtioMmio empty = new VirtioMmio(VirtioBlock.writable(Bytes.EMPTY, ""), memory, 16);
        GuestDriver by = new GuestDriver(memory, empty).start(0);
        assertThat(empty.read(0x100, 8)).isZero();
        assertThat(request(by, IN, 0, Buffer.writable(CONTENT, 512))).isEqualTo(IOERR);
    }

    @Test
    void aDiskThatLoadsAStateHasTheWrittenSectorsOfTheOneThatWasSaved() {
        driver.start(0);
        for (int sector : List.of(200, 5, 77, 5)) {
            byte[] bytes = new byte[512];
            Arrays.fill(bytes, (byte) sector);
            write(driver, sector, bytes);
        }
        Bytes state = device.save();
        ArrayMemory copy = new ArrayMemory(memory.bytes.length);
        VirtioMmio loaded = new VirtioMmio(VirtioBlock.writable(Bytes.copyOf(image), ""), copy, 16);
        GuestDriver by = new GuestDriver(copy, loaded).start(0);
        write(by, 9, new byte[512]);
        loaded.load(state);
        assertThat(loaded.save()).isEqualTo(state);
        Arrays.fill(copy.bytes, (byte) 0);
        byte[] all = read(driver, 0, SECTORS);
        GuestDriver fresh = new GuestDriver(copy, loaded).start(0);
        assertThat(read(fresh, 0, SECTORS)).isEqualTo(all);
    }

    @Test
    void theWrittenSectorsAreSavedInAscendingOrder() {
        Disk one = new Disk(Bytes.copyOf(image));
        Disk other = new Disk(Bytes.copyOf(image));
        one.write(8, new byte[512], 1);
        one.write(2, new byte[512], 1);
        other.write(2, new byte[512], 1);
        other.write(8, new byte[512], 1);
        assertThat(one.save()).isEqualTo(other.save());
        assertThat(one.save().size())
                .as("a count, and two sectors with their numbers")
                .isEqualTo(1 + 2 * 516);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"2, 2", "3, 2", "2, 300", "-1, 2"})
    void aStateWithOtherSectorsIsDamaged(int first, int second) {
        StateWriter state = new StateWriter();
        state.putCount(2);
        for (int sector : new int[] {first, second}) {
            state.put(sector, 4);
            state.put(new byte[512]);
        }
        Disk disk = new Disk(Bytes.copyOf(image));
        assertThatThrownBy(() -> disk.load(state.toBytes())).isInstanceOf(StateDamagedException.class);
    }

    /// `struct virtio_blk_req`: the status VIRTIO_BLK_S_IOERR is 1 (§5.2.6).
    @Test
    void theNextReadsFailAndHaveNoData() {
        driver.start(0);
        block.defects().add(Failure.READ_FAILS, 2);
        for (int n = 0; n < 2; n++) {
            assertThat(request(driver, IN, 1, Buffer.writable(CONTENT, 512))).isEqualTo(IOERR);
            assertThat(content(driver, 512)).containsOnly(0);
        }
        assertThat(read(driver, 1, 1)).isEqualTo(Arrays.copyOfRange(image, 512, 1024));
    }

    @ParameterizedTest(name = "{0}, {1} sectors")
    @CsvSource({
        "WRITE_FAILS, 8, 1, 0",
        "WRITE_LOST,  8, 0, 0",
        "WRITE_TORN,  8, 0, 2048",
        "WRITE_TORN,  1, 0, 256",
        "WRITE_TORN,  3, 0, 768",
        "WRITE_TORN,  290, 0, 74240",
    })
    void ofAWriteThatGoesWrongOnlyAPartIsStored(Failure failure, int sectors, int status, int stored) {
        driver.start(0);
        byte[] bytes = new byte[512 * sectors];
        new Random(3).nextBytes(bytes);
        System.arraycopy(bytes, 0, memory.bytes, memory.at(CONTENT), bytes.length);
        block.defects().add(failure, 1);
        assertThat(request(driver, OUT, 5, Buffer.readable(CONTENT, bytes.length)))
                .isEqualTo(status);
        byte[] expected = image.clone();
        System.arraycopy(bytes, 0, expected, 5 * 512, stored);
        assertThat(read(driver, 0, SECTORS)).isEqualTo(expected);
        write(driver, 5, bytes);
        System.arraycopy(bytes, 0, expected, 5 * 512, bytes.length);
        assertThat(read(driver, 0, SECTORS)).as("the next write is stored").isEqualTo(expected);
    }

    @Test
    void readsAndWritesFailIndependentlyAndOtherRequestsDoNotCount() {
        driver.start(1 << 9);
        block.defects().add(Failure.READ_FAILS, 1);
        block.defects().add(Failure.WRITE_LOST, 9);
        block.defects().add(Failure.WRITE_FAILS, 1);
        assertThat(request(driver, FLUSH, 0)).isEqualTo(OK);
        assertThat(request(driver, GET_ID, 0, Buffer.writable(CONTENT, 20))).isEqualTo(OK);
        assertThat(request(driver, OUT, 300, Buffer.readable(CONTENT, 512)))
                .as("a sector that does not exist: it fails anyway")
                .isEqualTo(IOERR);
        assertThat(request(driver, OUT, 0, Buffer.readable(CONTENT, 512)))
                .as("the second defect of writes replaced the first")
                .isEqualTo(IOERR);
        write(driver, 0, new byte[512]);
        assertThat(request(driver, IN, 0, Buffer.writable(CONTENT, 512))).isEqualTo(IOERR);
        assertThat(read(driver, 0, 1)).containsOnly(0);
    }

    @Test
    void aDefectWithoutACountIsThereEachTimeUntilItIsCleared() {
        driver.start(0);
        block.defects().add(Failure.WRITE_LOST, Injection.Defect.EVERY_TIME);
        for (int n = 0; n < 5; n++) {
            write(driver, n, new byte[512]);
        }
        assertThat(read(driver, 0, SECTORS)).isEqualTo(image);
        block.defects().clear();
        write(driver, 0, new byte[512]);
        assertThat(read(driver, 0, 1)).containsOnly(0);
    }
}

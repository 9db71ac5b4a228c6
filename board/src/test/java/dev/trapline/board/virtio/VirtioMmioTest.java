package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.board.bus.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The registers of VIRTIO 1.2 §4.2.2, and the initialization of §3.1.
class VirtioMmioTest {

    private static final long FEATURES = GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | GuestDriver.EVENT_IDX;
    private static final int SPI = 16;

    private final ArrayMemory memory = new ArrayMemory(1 << 20);
    private final VirtioMmio device = new VirtioMmio(new VirtioEntropy(new CountedBytes()), memory, SPI);
    private final GuestDriver driver = new GuestDriver(memory, device);

    private static int chain(GuestDriver driver) {
        return driver.chain(GuestDriver.Buffer.writable(GuestDriver.DATA, 8));
    }

    /// The driver's rings have 16 elements, and the queue 8: the indexes wrap at 8 only for the device, so a test
    /// uses fewer chains than that.
    private void start() {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.enable(8, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
        driver.register(0x70, 15);
    }

    @ParameterizedTest(name = "offset {0} reads {1}")
    @CsvSource({
        "0x000, 0x74726976", // the letters "virt"
        "0x004, 2",
        "0x008, 4",
        "0x034, 8",
        "0x044, 0",
        "0x060, 0",
        "0x070, 0",
        "0x0b0, 0xffffffff", // there is no shared memory region
        "0x0b4, 0xffffffff",
        "0x0b8, 0xffffffff",
        "0x0bc, 0xffffffff",
        "0x0c0, 0", // the reset of queues is not offered
        "0x0fc, 0",
        "0x100, 0",
        "0x1fc, 0"
    })
    void theRegistersReadAsDocumentedAfterAReset(String offset, String value) {
        assertThat(device.read(Long.decode(offset), 4)).isEqualTo(Long.decode(value));
        start();
        driver.register(0x70, 0);
        assertThat(device.read(Long.decode(offset), 4)).as("after a reset").isEqualTo(Long.decode(value));
    }

    @Test
    void registersAreAccessedInAlignedWords() {
        assertThat(device.read(0, 1)).isZero();
        assertThat(device.read(0, 2)).isZero();
        assertThat(device.read(2, 4)).isZero();
        assertThat(device.read(0, 8)).as("two words").isEqualTo(0x2_7472_6976L);
        device.write(0x70, 1, 1);
        device.write(0x71, 4, 1);
        assertThat(driver.status()).isZero();
    }

    @Test
    void anEmptySlotHasTheDeviceIdZero() {
        Device empty = VirtioMmio.empty(SPI);
        assertThat(empty.read(0, 4)).isEqualTo(0x7472_6976);
        assertThat(empty.read(4, 4)).isEqualTo(2);
        assertThat(empty.read(0, 8)).isEqualTo(0x2_7472_6976L);
        for (long offset = 8; offset < empty.size(); offset += 4) {
            empty.write(offset, 4, 1);
            assertThat(empty.read(offset, 4)).as("offset %d", offset).isZero();
        }
        assertThat(empty.save()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void aQueueThatDoesNotExistHasNoSize() {
        for (long queue : new long[] {1, 2, 0x7fff_ffffL, 0xffff_ffffL}) {
            driver.register(0x30, queue);
            driver.register(0x38, 8);
            driver.register(0x44, 1);
            assertThat(driver.register(0x34)).isZero();
            assertThat(driver.register(0x44)).isZero();
        }
        assertThat(driver.status()).isZero();
    }

    @Test
    void theOfferedFeaturesAreThoseThatAreImplemented() {
        assertThat(driver.offered()).isEqualTo(FEATURES);
        driver.register(0x14, 2);
        assertThat(driver.register(0x10)).as("there are 64 features").isZero();
    }

    @ParameterizedTest(name = "features 0x{0}: {1}")
    @CsvSource({
        "100000000, true",
        "110000000, true",
        "130000000, true",
        "30000000, false", // without VIRTIO_F_VERSION_1
        "100000001, false", // a feature that is not offered
        "500000000, false", // VIRTIO_F_RING_PACKED
        "10100000000, false" // VIRTIO_F_RING_RESET
    })
    void featuresAreAcceptedIfAllAreOfferedAndTheVersionIsAmongThem(String features, boolean accepted) {
        driver.negotiate(Long.parseUnsignedLong(features, 16));
        assertThat((driver.status() & GuestDriver.FEATURES_OK) != 0).isEqualTo(accepted);
        assertThat(driver.status() & 3).as("ACKNOWLEDGE and DRIVER").isEqualTo(3);
    }

    @Test
    void featuresDoNotChangeAfterTheyWereAccepted() {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.register(0x24, 0);
        driver.register(0x20, GuestDriver.INDIRECT_DESC);
        driver.enable(8, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
        driver.register(0x70, 15);
        driver.send(driver.indirectChain(GuestDriver.Buffer.writable(GuestDriver.DATA, 8)));
        assertThat(device.trouble()).contains("refers to a table");
    }

    @Test
    void aDriverThatStartsWithoutFeaturesOkMustResetTheDevice() {
        driver.register(0x70, 1);
        driver.register(0x70, 3);
        driver.register(0x70, 7);
        assertThat(driver.status()).isEqualTo(7 | GuestDriver.NEEDS_RESET);
        assertThat(driver.register(0x60)).as("a configuration change").isEqualTo(2);
        assertThat(driver.interrupts()).isTrue();
        assertThat(device.trouble()).contains("FEATURES_OK");
        driver.register(0x70, 0);
        assertThat(driver.status()).isZero();
        assertThat(driver.interrupts()).isFalse();
        assertThat(device.trouble()).isEmpty();
    }

    @Test
    void theDriverCannotClearAStatusBitOrSetThatOfTheDevice() {
        start();
        driver.register(0x70, 1 | GuestDriver.NEEDS_RESET);
        assertThat(driver.status()).isEqualTo(15);
    }

    @Test
    void noChainIsTakenUntilTheDriverIsReady() {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.enable(8, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
        driver.send(chain(driver));
        assertThat(driver.used()).as("before DRIVER_OK").isEmpty();
        driver.register(0x70, 15);
        driver.send();
        assertThat(driver.used()).hasSize(1);
    }

    @Test
    void aDriverThatHasFailedGetsNothing() {
        start();
        driver.register(0x70, 15 | GuestDriver.FAILED);
        assertThat(driver.status()).isEqualTo(15 | GuestDriver.FAILED);
        driver.send(chain(driver));
        assertThat(driver.used()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x10000, 0x8000_0000L, 0xffff_ffffL})
    void aNotificationOfAQueueThatDoesNotExistIsIgnored(long queue) {
        start();
        driver.register(0x50, queue);
        assertThat(driver.status()).isEqualTo(15);
    }

    @Test
    void anEnabledQueueIgnoresNewAddressesUntilItIsDisabled() {
        start();
        assertThat(driver.register(0x44)).isEqualTo(1);
        driver.register(0x38, 3);
        driver.register(0x80, 1);
        driver.register(0x94, 1);
        driver.register(0xa0, 1);
        driver.send(chain(driver));
        assertThat(driver.used()).hasSize(1);
        driver.register(0x44, 0);
        assertThat(driver.register(0x44)).isZero();
        driver.send(chain(driver));
        assertThat(driver.used()).as("of a disabled queue").isEmpty();
        assertThat(driver.status()).isEqualTo(15);
    }

    @Test
    void theInterruptIsHighUntilAllItsBitsAreAcknowledged() {
        start();
        assertThat(driver.interrupts()).isFalse();
        driver.send(chain(driver));
        assertThat(driver.register(0x60)).isEqualTo(1);
        assertThat(driver.interrupts()).isTrue();
        driver.register(0x64, 2);
        assertThat(driver.interrupts()).as("another bit was acknowledged").isTrue();
        driver.register(0x64, 1);
        assertThat(driver.register(0x60)).isZero();
        assertThat(driver.interrupts()).isFalse();
    }

    @Test
    void aResetByTheMachineIsOneByTheDriver() {
        start();
        driver.send(chain(driver));
        device.reset();
        assertThat(driver.status()).isZero();
        assertThat(driver.register(0x44)).isZero();
        assertThat(driver.register(0x60)).isZero();
        assertThat(driver.interrupts()).isFalse();
    }

    @Test
    void itsNodeIsThatOfTheBinding() {
        assertThat(device.node(VirtioSlots.base(0)))
                .contains(TreeNode.named("virtio_mmio@a000000")
                        .strings("compatible", "virtio,mmio")
                        .cells("reg", 0, 0x0a00_0000, 0, 0x200)
                        .cells("interrupts", 0, 16, 4)
                        .flag("dma-coherent"));
        assertThat(VirtioMmio.empty(VirtioSlots.spi(31)).node(VirtioSlots.base(31)))
                .contains(TreeNode.named("virtio_mmio@a003e00")
                        .strings("compatible", "virtio,mmio")
                        .cells("reg", 0, 0x0a00_3e00, 0, 0x200)
                        .cells("interrupts", 0, 47, 4)
                        .flag("dma-coherent"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32})
    void thereAre32Slots(int slot) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VirtioSlots.base(slot))
                .withMessageContaining("" + slot);
    }
}

package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.virtio.GuestDriver.Buffer;
import dev.trapline.board.virtio.GuestDriver.Used;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An entropy device (VIRTIO 1.2 §5.4).
class VirtioEntropyTest {

    private final CountedBytes source = new CountedBytes();
    private final ArrayMemory memory = new ArrayMemory(1 << 20);
    private final VirtioMmio device = new VirtioMmio(new VirtioEntropy(source), memory, 16);
    private final GuestDriver driver = new GuestDriver(memory, device);

    private void start() {
        driver.negotiate(GuestDriver.VERSION_1);
        driver.enable(8, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
        driver.register(0x70, 15);
    }

    @Test
    void itHasOneQueueAndNoConfiguration() {
        assertThat(driver.register(0x08)).isEqualTo(4);
        driver.register(0x30, 1);
        assertThat(driver.register(0x34)).isZero();
    }

    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({"1, 1", "64, 64", "256, 256", "257, 256", "65536, 256"})
    void aRequestIsFilledFromTheSourceUpToALimit(int room, int given) {
        start();
        int head = driver.chain(Buffer.writable(GuestDriver.DATA, room));
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, given));
        assertThat(source.asked).containsExactly(given);
        int at = memory.at(GuestDriver.DATA);
        assertThat(Arrays.copyOfRange(memory.bytes, at, at + given)).containsOnly(1);
        assertThat(memory.bytes[at + given]).isZero();
    }

    @Test
    void aRequestWithoutRoomAsksTheSourceForNothing() {
        start();
        int head = driver.chain(Buffer.readable(GuestDriver.DATA, 8));
        driver.send(head);
        assertThat(driver.used()).containsExactly(new Used(head, 0));
        assertThat(source.asked).isEmpty();
    }

    @Test
    void seededBytesFollowFromTheSeedAndTheRequestsBefore() {
        assertThat(given(new SeededBytes(1), 20))
                .isEqualTo(given(new SeededBytes(1), 20))
                .isNotEqualTo(given(new SeededBytes(2), 20));
        SeededBytes saved = new SeededBytes(1);
        byte[] first = given(saved, 20);
        SeededBytes loaded = new SeededBytes(1);
        loaded.load(saved.save());
        assertThat(given(loaded, 9)).isEqualTo(given(saved, 9)).isNotEqualTo(Arrays.copyOf(first, 9));
        assertThat(loaded.save()).isEqualTo(saved.save());
    }

    private static byte[] given(EntropyBytes source, int length) {
        byte[] bytes = new byte[length];
        source.fill(bytes);
        return bytes;
    }
}

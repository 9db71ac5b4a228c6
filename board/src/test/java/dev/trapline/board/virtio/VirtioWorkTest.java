package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.board.bus.DeviceMemory;
import org.junit.jupiter.api.Test;

/// The limit of what one notification may cost.
class VirtioWorkTest {

    /// Has all addresses, and no content.
    private static final class Endless implements DeviceMemory {
        @Override
        public boolean contains(long address, long length) {
            return true;
        }

        @Override
        public boolean read(long address, byte[] into, int at, int length) {
            return true;
        }

        @Override
        public boolean write(long address, byte[] from, int at, int length) {
            return true;
        }
    }

    private final GuestAccess access = new GuestAccess(new Endless());
    private final byte[] none = new byte[0];

    @Test
    void aNotificationReadsAndWritesAtMostAGigabyte() throws QueueFault {
        access.read("a buffer", 0, none, 0, 1 << 29);
        access.write("a buffer", 0, none, 0, 1 << 29);
        assertThatThrownBy(() -> access.read("a buffer", 0, none, 0, 1))
                .isInstanceOf(QueueFault.class)
                .hasMessageContaining("more than 0x40000000 bytes");
        access.renew();
        access.write("a buffer", 0, none, 0, 1 << 30);
    }
}

package dev.trapline.board.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Whatever a guest writes to registers and RAM, a device throws nothing, touches only RAM, and does little for each
/// notification. A device that loads its state continues as it does.
class VirtioGarbageTest {

    private static final int STEPS = 60;
    private static final int[] SIZES = {1, 2, 4, 8};

    /// The most bytes for a notification here: 16 chains of 16 descriptors, each with a buffer of all RAM, need
    /// half of it, and so there is some for descriptors and rings.
    private static final long MOST_TRAFFIC = 1L << 26;

    /// A machine's RAM, and a device.
    private static final class Guest {
        final ArrayMemory memory = new ArrayMemory(1 << 17);
        final VirtioMmio device;
        final GuestDriver driver;

        Guest(int kind) {
            device = new VirtioMmio(function(kind), memory, 16);
            driver = new GuestDriver(memory, device);
        }

        private static VirtioFunction function(int kind) {
            return switch (kind) {
                case 0 -> new Mirror();
                case 1 -> new VirtioEntropy(new SeededBytes(3));
                case 2 -> busyConsole();
                default -> VirtioBlock.writable(Bytes.copyOf(new byte[20 * 512]), "garbage");
            };
        }

        private static VirtioFunction busyConsole() {
            VirtioConsole console = new VirtioConsole();
            console.receive(Bytes.copyOf(new byte[VirtioConsole.RECEIVER]));
            return console;
        }

        void start(long features) {
            driver.negotiate(GuestDriver.VERSION_1 | features);
            driver.enable(8, GuestDriver.DESCRIPTORS, GuestDriver.AVAILABLE, GuestDriver.USED);
            driver.register(0x70, 15);
        }
    }

    @Property(tries = 400)
    void garbageInRegistersAndRamHarmsNothing(@ForAll long seed) {
        Random random = new Random(seed);
        int kind = random.nextInt(4);
        Guest guest = new Guest(kind);
        Guest other = new Guest(kind);
        for (int step = 0; step < STEPS; step++) {
            long now = random.nextLong();
            if (random.nextInt(8) == 0) {
                System.arraycopy(guest.memory.bytes, 0, other.memory.bytes, 0, guest.memory.bytes.length);
                other.device.load(guest.device.save());
            } else if (step > 0) {
                assertThat(other.device.save()).isEqualTo(guest.device.save());
            } else {
                other.device.load(guest.device.save());
            }
            List<Long> seen = step(guest, new Random(now));
            assertThat(step(other, new Random(now))).isEqualTo(seen);
            assertThat(other.memory.bytes).isEqualTo(guest.memory.bytes);
        }
    }

    private static List<Long> step(Guest guest, Random random) {
        guest.memory.traffic = 0;
        switch (random.nextInt(6)) {
            case 0 -> guest.device.write(random.nextInt(0x200), SIZES[random.nextInt(4)], random.nextLong());
            case 1 -> guest.device.write(4L * random.nextInt(0x40), 4, random.nextInt(16));
            case 2 -> guest.start(random.nextInt(4) * GuestDriver.INDIRECT_DESC);
            case 3 -> noise(guest, random);
            default -> queue(guest, random);
        }
        assertThat(guest.memory.traffic).isLessThanOrEqualTo(MOST_TRAFFIC);
        long state = (guest.driver.status() & GuestDriver.NEEDS_RESET) == 0 ? 0 : 1;
        assertThat(guest.device.trouble().isEmpty()).as("trouble has a reason").isEqualTo(state == 0);
        boolean pending = guest.driver.register(0x60) != 0;
        assertThat(guest.driver.interrupts()).isEqualTo(pending);
        return List.of(
                (long) guest.driver.status(),
                guest.driver.register(0x60),
                guest.device.read(4L * random.nextInt(0x80), 4),
                guest.memory.traffic);
    }

    private static void noise(Guest guest, Random random) {
        byte[] noise = new byte[random.nextInt(64)];
        random.nextBytes(noise);
        int at = 0x1000 + random.nextInt(0x4000);
        System.arraycopy(noise, 0, guest.memory.bytes, at, noise.length);
    }

    /// Descriptors and rings that are almost valid, and a notification.
    private static void queue(Guest guest, Random random) {
        for (int k = 0; k < 8; k++) {
            guest.driver.descriptor(
                    GuestDriver.DESCRIPTORS, k, address(random), length(random), flags(random), next(random));
            guest.driver.descriptor(
                    GuestDriver.INDIRECT_TABLE, k, address(random), length(random), flags(random), next(random));
            guest.memory.words.putShort(guest.memory.at(GuestDriver.AVAILABLE) + 4 + 2 * k, (short) next(random));
        }
        int used = guest.memory.words.getShort(guest.memory.at(GuestDriver.USED) + 2);
        guest.memory.words.putShort(
                guest.memory.at(GuestDriver.AVAILABLE) + 2, (short) (used + random.nextInt(rare(random) ? 20 : 9)));
        guest.driver.send();
    }

    private static boolean rare(Random random) {
        return random.nextInt(10) == 0;
    }

    private static long address(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextLong();
            case 1 -> GuestDriver.USED + random.nextInt(0x100);
            case 2 -> GuestDriver.AVAILABLE + random.nextInt(0x40);
            case 3 -> GuestDriver.INDIRECT_TABLE;
            case 4 -> GuestDriver.DESCRIPTORS + random.nextInt(0x100);
            default -> GuestDriver.DATA + random.nextInt(0x8000);
        };
    }

    private static int length(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt();
            case 1 -> -1;
            case 2 -> 1;
            case 3 -> 0;
            default -> 16 * random.nextInt(64);
        };
    }

    private static int flags(Random random) {
        return rare(random) ? random.nextInt(0x10000) : random.nextInt(3);
    }

    private static int next(Random random) {
        return rare(random) ? random.nextInt(0x10000) : random.nextInt(8);
    }
}

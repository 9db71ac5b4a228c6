package dev.trapline.board.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import dev.trapline.board.memory.FlashWrites;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// A device that loads another one's state behaves like that one afterwards.
class SnapshotTest {

    private static final int[] SIZES = {1, 2, 4, 8};

    @Property(tries = 500)
    void aPl011ContinuesAsTheOneThatWasSaved(@ForAll long seed) {
        Random random = new Random(seed);
        Pl011 saved = new Pl011();
        Pl011 loaded = new Pl011();
        use(saved, random, 60);
        use(loaded, random, 60);
        saved.clearTransmitted();
        copy(saved, loaded);

        long both = random.nextLong();
        assertThat(use(loaded, new Random(both), 60)).isEqualTo(use(saved, new Random(both), 60));
        assertThat(loaded.everRead()).isEqualTo(saved.everRead());
    }

    @Property(tries = 100)
    void theCountOfIgnoredWritesContinuesAsTheOneThatWasSaved(@ForAll long seed) {
        Random random = new Random(seed);
        FlashWrites saved = new FlashWrites();
        FlashWrites loaded = new FlashWrites();
        for (int left = random.nextInt(4); left > 0; left--) {
            saved.ignored(random.nextLong(), random.nextLong());
        }
        loaded.ignored(1, 2);
        copy(saved, loaded);
        assertThat(loaded.summary()).isEqualTo(saved.summary());
        saved.ignored(3, 4);
        loaded.ignored(3, 4);
        assertThat(loaded.summary()).isEqualTo(saved.summary());
    }

    @Property(tries = 300)
    void aPl061ContinuesAsTheOneThatWasSaved(@ForAll long seed) {
        Random random = new Random(seed);
        Pl061 saved = new Pl061(0);
        Pl061 loaded = new Pl061(0);
        use(saved, random);
        use(loaded, random);
        copy(saved, loaded);
        assertThat(loaded.lines().getFirst().isHigh())
                .isEqualTo(saved.lines().getFirst().isHigh());

        long both = random.nextLong();
        assertThat(use(loaded, new Random(both))).isEqualTo(use(saved, new Random(both)));
    }

    private static List<String> use(Pl061 device, Random random) {
        List<String> seen = new ArrayList<>();
        long now = 1L << 40;
        for (int left = 60; left > 0; left--) {
            long offset = 0x3fc + 4L * random.nextInt(10);
            switch (random.nextInt(5)) {
                case 0 -> device.press(now);
                case 1 -> device.timePasses(now += random.nextLong(2 * Pl061.PRESS));
                case 2 -> device.write(offset, 4, random.nextLong());
                default -> seen.add(offset + ": " + device.read(offset, 4));
            }
            seen.add(device.deadline() + " " + lines(device));
        }
        return seen;
    }

    private static void copy(Snapshot from, Snapshot to) {
        Bytes state = from.save();
        to.load(state);
        assertThat(to.save()).as("the loaded state is saved again").isEqualTo(state);
    }

    /// Uses a console as a guest and its machine do.
    ///
    /// @return everything that the guest and the machine could observe
    private static List<String> use(ConsoleDevice device, Random random, int steps) {
        List<String> seen = new ArrayList<>();
        for (int left = steps; left > 0; left--) {
            long offset = random.nextInt(16) == 0 ? random.nextInt((int) device.size()) : 4 * random.nextInt(20);
            int size = SIZES[random.nextInt(SIZES.length)];
            switch (random.nextInt(4)) {
                case 0 -> device.write(offset, size, random.nextLong());
                case 1 -> device.receive(Bytes.copyOf(new byte[random.nextInt(device.receiverRoom() + 1)]));
                default -> seen.add(offset + ": " + device.read(offset, size));
            }
            seen.add(device.receiverRoom() + " " + device.transmittedCount() + " " + lines(device));
        }
        return seen;
    }

    private static List<Boolean> lines(Device device) {
        return device.lines().stream().map(Line::isHigh).toList();
    }
}

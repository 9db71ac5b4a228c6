package dev.trapline.board.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.PartialDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BusTest {

    private final Arena arena = Arena.ofConfined();
    private final Bus bus = new Bus();

    @AfterEach
    void free() {
        arena.close();
    }

    private MemoryMap.Memory memory(long base, long pages) {
        MemorySegment bytes = arena.allocate(pages * MemoryMap.PAGE, MemoryMap.PAGE);
        return new MemoryMap.Memory(base, bytes, true);
    }

    /// A second device, together with one of 0x1000 bytes at 0x2000.
    @ParameterizedTest(name = "{0} + {1}: {2}")
    @CsvSource({
        "0x2000, 0x1000, true",
        "0x2000, 0x10, true",
        "0x2ff0, 0x10, true",
        "0x2800, 0x100, true",
        "0x1000, 0x3000, true",
        "0x1000, 0x1001, true",
        "0x2fff, 0x1, true",
        "0x2fff, 0x1000, true",
        "0x1000, 0x1000, false",
        "0x1fff, 0x1, false",
        "0x3000, 0x1, false",
        "0x3000, 0x1000, false"
    })
    void twoDevicesThatShareAnAddressAreRefusedByTheirNames(String base, String size, boolean overlaps) {
        bus.device(0x2000, new Echo("rtc", 0x1000));
        Echo second = new Echo("gpio", Long.decode(size));
        if (overlaps) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> bus.device(Long.decode(base), second))
                    .withMessageContaining("gpio")
                    .withMessageContaining("0x" + Long.toHexString(Long.decode(base)))
                    .withMessageContaining("rtc (0x2000 to 0x3000)");
            assertThat(bus.devices()).as("the refused device was not added").hasSize(1);
        } else {
            bus.device(Long.decode(base), second);
            assertThat(bus.devices()).as("neighbours").hasSize(2);
        }
    }

    @Test
    void memoryAndADeviceThatShareAnAddressAreRefusedWhicheverComesFirst() {
        bus.memory("RAM", memory(0x4000, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.device(0x5ff0, new Echo("rtc", 0x20)))
                .withMessageContaining("rtc (0x5ff0 to 0x6010)")
                .withMessageContaining("RAM (0x4000 to 0x6000)");
        bus.device(0x6000, new Echo("rtc", 0x20));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.memory("flash", memory(0x6000, 1)))
                .withMessageContaining("flash (0x6000 to 0x7000)")
                .withMessageContaining("rtc (0x6000 to 0x6020)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.memory("flash", memory(0x3000, 2)))
                .withMessageContaining("flash")
                .withMessageContaining("RAM");
    }

    @ParameterizedTest
    @CsvSource({"0x1000, 0", "0x1000, -1", "0xfffffffffffff000, 0x1000", "0xfffffffffffff000, 0x2000"})
    void aRangeThatIsNoneIsRefusedByName(String base, long size) {
        long at = Long.parseUnsignedLong(base.substring(2), 16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.device(at, new Echo("rtc", size)))
                .withMessageContaining("rtc")
                .withMessageContaining("0x" + Long.toHexString(at));
    }

    @Test
    void addressesAreUnsigned() {
        bus.device(0xffff_ffff_0000_0000L, new Echo("high", 0x1000));
        bus.device(0x1000, new Echo("low", 0x1000));
        assertThat(bus.devices()).extracting(Device::name).containsExactly("low", "high");
    }

    @Test
    void aDeviceThatNarrowAddressesDoNotReachIsRefusedByName() {
        bus.device(0xffff_f000L, new Echo("last", 0x1000));
        bus.requireBelow(1L << 32);
        bus.device(1L << 32, new Echo("rtc", 0x10));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bus.requireBelow(1L << 32))
                .withMessageContaining("rtc (0x100000000 to 0x100000010)")
                .withMessageContaining("0xffffffff");
    }

    @Test
    void aDeviceThatFillsItsPagesIsMappedByItself() {
        Echo echo = new Echo("rtc", 0x2000);
        MemoryMap.Memory ram = memory(0x4000, 1);
        bus.memory("RAM", ram);
        bus.device(0x1000, echo);
        assertThat(bus.map().regions()).containsExactly(new MemoryMap.Device(0x1000, 0x2000, echo), ram);
    }

    @Test
    void devicesInOnePageAreMappedTogetherAndOthersAreNot() {
        bus.device(0x1e00, new Echo("a", 0x200));
        bus.device(0x2000, new Echo("b", 0x200));
        bus.device(0x2200, new Echo("c", 0x1000));
        bus.device(0x4000, new Echo("d", 0x10));
        assertThat(bus.map().regions())
                .extracting(region -> Long.toHexString(region.base()) + "+" + Long.toHexString(region.size()))
                .containsExactly("1000+1000", "2000+2000", "4000+1000");
    }

    /// Two devices of 0x20 bytes, at 0x1010 and 0x1030, and nothing else in their page.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void anAccessReachesTheDeviceThatItLiesInWholly(int size) {
        Echo first = new Echo("first", 0x20);
        Echo second = new Echo("second", 0x20);
        bus.device(0x1030, second);
        bus.device(0x1010, first);
        PartialDevice page =
                (PartialDevice) ((MemoryMap.Device) bus.map().regions().getFirst()).device();
        for (int offset = 0; offset <= 0x1000 - size; offset++) {
            first.seen.clear();
            second.seen.clear();
            boolean inFirst = offset >= 0x10 && offset + size <= 0x30;
            boolean inSecond = offset >= 0x30 && offset + size <= 0x50;
            assertThat(page.answers(offset, size))
                    .as("%d bytes at 0x%x", size, offset)
                    .isEqualTo(inFirst || inSecond);
            if (inFirst || inSecond) {
                int inDevice = offset - (inFirst ? 0x10 : 0x30);
                assertThat(page.read(offset, size)).isEqualTo((long) inDevice << 8 | size);
                page.write(offset, size, 7);
                List<String> expected =
                        List.of("read " + inDevice + " " + size, "write " + inDevice + " " + size + " 7");
                assertThat(first.seen).isEqualTo(inFirst ? expected : List.of());
                assertThat(second.seen).isEqualTo(inSecond ? expected : List.of());
            }
        }
    }

    @Test
    void theMapIsTheSameInWhateverOrderThingsCame() {
        MemoryMap.Memory ram = memory(0x8000, 1);
        MemoryMap.Memory flash = memory(0, 1);
        Echo low = new Echo("low", 0x1000);
        Echo high = new Echo("high", 0x1000);
        bus.memory("RAM", ram);
        bus.device(0x3000, high);
        bus.memory("flash", flash);
        bus.device(0x2000, low);
        assertThat(bus.map().regions())
                .containsExactly(
                        flash,
                        new MemoryMap.Device(0x2000, 0x1000, low),
                        new MemoryMap.Device(0x3000, 0x1000, high),
                        ram);
    }
}

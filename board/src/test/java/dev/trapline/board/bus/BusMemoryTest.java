package dev.trapline.board.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A page of flash at 0, and two pages of RAM at 0x40000000, as devices use them.
class BusMemoryTest {

    private final Arena arena = Arena.ofConfined();
    private final Bus bus = new Bus();
    private final DeviceMemory ram = bus.ram();
    private final MemorySegment bytes = arena.allocate(2 * MemoryMap.PAGE, MemoryMap.PAGE);

    @BeforeEach
    void putMemoryOnTheBus() {
        MemorySegment flash = arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
        bus.memory("flash", new MemoryMap.Memory(0, flash, false));
        bus.memory("RAM", new MemoryMap.Memory(0x4000_0000L, bytes, true));
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @ParameterizedTest(name = "{0} + {1}: {2}")
    @CsvSource({
        "0x40000000, 0x2000, true",
        "0x40001fff, 1, true",
        "0x40002000, 0, true",
        "0x40000000, 0x2001, false",
        "0x40001fff, 2, false",
        "0x40002000, 1, false",
        "0x40002001, 0, false",
        "0x3fffffff, 1, false",
        "0x3fffffff, 2, false",
        "0, 1, false", // flash
        "0x40000000, -1, false",
        "0x40000000, 0x7fffffffffffffff, false",
        "-1, 1, false",
        "-1, 2, false"
    })
    void aDeviceAccessesARangeOnlyIfAllOfItIsInRam(String address, String length, boolean inside) {
        long at = Long.decode(address);
        assertThat(ram.contains(at, Long.decode(length))).isEqualTo(inside);
        int count = (int) Math.min(0x3000, Long.decode(length));
        if (count >= 0 && count == Long.decode(length)) {
            byte[] some = new byte[count];
            Arrays.fill(some, (byte) 1);
            assertThat(ram.write(at, some, 0, count)).isEqualTo(inside);
            byte[] read = new byte[count];
            assertThat(ram.read(at, read, 0, count)).isEqualTo(inside);
            assertThat(read).isEqualTo(inside ? some : new byte[count]);
        }
    }

    @Test
    void aDeviceReadsAndWritesTheBytesOfTheGuest() {
        bytes.set(ValueLayout.JAVA_BYTE, 0x1005, (byte) 7);
        byte[] read = new byte[4];
        assertThat(ram.read(0x4000_1004L, read, 1, 2)).isTrue();
        assertThat(read).containsExactly(0, 0, 7, 0);
        assertThat(ram.write(0x4000_0ffeL, new byte[] {1, 2, 3, 4}, 1, 2)).isTrue();
        assertThat(bytes.asSlice(0xffd, 4).toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 2, 3, 0);
    }
}

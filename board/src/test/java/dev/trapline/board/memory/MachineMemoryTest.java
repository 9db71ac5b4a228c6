package dev.trapline.board.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.board.Board;
import dev.trapline.testkit.FakeEngines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineMemoryTest {

    private static final EngineFactory ENGINES = new FakeEngines();
    private static final Bytes ONES = Bytes.copyOf(new byte[] {1, 1, 1, 1});

    private final MachineMemory memory = new MachineMemory(ENGINES, 1 << 20, BoardSpec.FLASH_SIZE);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void ramReadsZeroAndFlashReadsErasedFromTheStartAndAgainAfterClearing() {
        for (int round = 0; round < 2; round++) {
            assertThat(memory.read(0x4000_0000L, 4)).as("RAM, round " + round).hasToString("00000000");
            assertThat(memory.read(0x0400_0000L, 4)).as("flash, round " + round).hasToString("ffffffff");
            memory.write(0x4000_0000L, ONES);
            memory.write(0x0400_0000L, ONES);
            memory.clear();
        }
    }

    @ParameterizedTest(name = "{0} + {1}: {2}")
    @CsvSource({
        "0x40000000, 4, true",
        "0x400ffffc, 4, true",
        "0x400ffffd, 4, false",
        "0x40100000, 0, true",
        "0x40100000, 1, false",
        "0x3fffffff, 2, false",
        "0x07fffffc, 4, true",
        "0x07fffffd, 4, false",
        "0x09000000, 4, false",
        "0x40000000, 0x7fffffffffffffff, false",
        "0x40000000, -1, false",
        "-4, 4, false",
        "-4, 8, false"
    })
    void aRangeIsInMemoryOnlyIfAllOfItIs(String address, String length, boolean inside) {
        assertThat(memory.contains(Long.decode(address), Long.decode(length))).isEqualTo(inside);
    }

    @Test
    void whatIsNotWhollyInMemoryIsNeitherWrittenNorRead() {
        long before = memory.digest();
        assertThat(memory.write(0x400f_fffeL, ONES)).isFalse();
        assertThat(memory.digest()).as("not even partly").isEqualTo(before);
        assertThatThrownBy(() -> memory.read(0x400f_fffeL, 4)).hasMessageContaining("0x400ffffe");
    }

    @Test
    void theDigestSeesTheLastByteOfRamAndOfFlash() {
        long before = memory.digest();
        memory.write(0x400f_ffffL, Bytes.copyOf(new byte[] {1}));
        long ram = memory.digest();
        memory.write(0x07ff_ffffL, Bytes.copyOf(new byte[] {1}));
        assertThat(memory.digest()).isNotEqualTo(ram);
        assertThat(ram).isNotEqualTo(before);
    }

    @Test
    void theDigestIsTheSameWhetherZeroPagesWereTouchedOrNot() {
        long untouched = memory.digest();
        memory.read(0x4000_3000L, 0x2000);
        assertThat(memory.digest()).as("after reading").isEqualTo(untouched);
        memory.write(0x4000_5ffeL, ONES);
        memory.write(0x4000_5ffeL, Bytes.copyOf(new byte[4]));
        assertThat(memory.digest()).as("after writing zeros over it").isEqualTo(untouched);
        memory.clear();
        assertThat(memory.digest()).as("after clearing all of it").isEqualTo(untouched);
    }

    @Test
    void theDigestSeesOnWhichPageSomethingStands() {
        memory.write(0x4000_0000L, ONES);
        long first = memory.digest();
        memory.write(0x4000_0000L, Bytes.copyOf(new byte[4]));
        memory.write(0x4000_1000L, ONES);
        assertThat(memory.digest()).isNotEqualTo(first);
    }

    @Test
    void theMapHasFlashReadOnlyThenTheConsoleThenRam() {
        Board board = Board.of(BoardSpec.DEFAULT, CpuSpec.DEFAULT.withCount(4));
        memory.mapOn(board.bus());
        assertThat(board.bus().map().regions())
                .satisfiesExactly(
                        flash -> assertThat(flash).isInstanceOfSatisfying(MemoryMap.Memory.class, m -> {
                            assertThat(m.base()).isZero();
                            assertThat(m.size()).isEqualTo(0x0800_0000L);
                            assertThat(m.writable()).isFalse();
                        }),
                        console -> assertThat(console.base()).isEqualTo(0x0900_0000L),
                        ram -> assertThat(ram).isInstanceOfSatisfying(MemoryMap.Memory.class, m -> {
                            assertThat(m.base()).isEqualTo(0x4000_0000L);
                            assertThat(m.writable()).isTrue();
                            assertThat(m.bytes().address() % MemoryMap.PAGE)
                                    .as("aligned for the engine")
                                    .isZero();
                        }));
    }
}

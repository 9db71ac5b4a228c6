package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Blocks that are older than the content of memory, because the host wrote there without maintenance, run unchanged to
/// their ends, and again the next time. This does not depend on where slices end, or on other blocks and pieces of
/// blocks.
class OldCodeTest {

    private static final long ROUTINE = Snippet.BASE + 0x1_0000;
    /// An address whose page uses the same TLB slot as the routine's page.
    private static final long SAME_PLACE = ROUTINE + 0x4_0000;

    private static final int ADD_16 = 0x9100_4000;

    private static UnicornLibrary library(String which) {
        LibrarySearch search = LibrarySearch.standard(null);
        return UnicornLibrary.load(which.equals("bundled") ? search.withoutSystem() : search);
    }

    /// A slice that begins at an instruction of the routine, or where the last slice ended (-1).
    private record Slice(int from, long budget, int written) {

        static Slice from(int from, long budget) {
            return new Slice(from, budget, -1);
        }

        static Slice on(long budget) {
            return new Slice(-1, budget, -1);
        }

        /// A change by the host before a slice: it makes an instruction add 16 to x0.
        Slice writing(int written) {
            return new Slice(from, budget, written);
        }
    }

    private static List<String> run(UnicornEngines engines, String routine, Slice... slices) {
        List<String> seen = new ArrayList<>();
        try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64("hvc #0"))) {
            guest.write(ROUTINE, Assembler.a64(routine));
            guest.engine()
                    .writeRegisters(RegisterWrites.NONE
                            .and(1, ROUTINE)
                            .and(2, SAME_PLACE)
                            .and(3, 0x3000_0000)
                            .and(5, ROUTINE + 0x1_0000)
                            .and(6, SAME_PLACE + 0x1_0000));
            for (Slice slice : slices) {
                if (slice.written() >= 0) {
                    guest.write(ROUTINE + 4L * slice.written(), bytes(ADD_16));
                }
                if (slice.from() >= 0) {
                    guest.engine().writePc(ROUTINE + 4L * slice.from());
                }
                Exit exit = guest.run(slice.budget());
                seen.add(slice + ": " + exit.getClass().getSimpleName() + ", executed "
                        + guest.engine().executed() + ", x0 " + guest.x(0) + ", at " + (guest.pc() - ROUTINE) / 4);
            }
        }
        return seen;
    }

    private static byte[] bytes(int word) {
        return new byte[] {(byte) word, (byte) (word >> 8), (byte) (word >> 16), (byte) (word >> 24)};
    }

    private static void assertAlike(String which, String routine, long expected, Slice... slices) {
        UnicornLibrary library = library(which);
        List<String> without = run(new UnicornEngines(library, Set.of()), routine, slices);
        assertThat(without.getLast()).as("without shortcuts").contains(", x0 " + expected + ",");
        for (String shortcuts : List.of("stores", "stores,budgets", "all")) {
            assertThat(run(new UnicornEngines(library, Shortcut.parse(shortcuts)), routine, slices))
                    .as(shortcuts)
                    .isEqualTo(without);
        }
    }

    /// The load reads from a gap, and runs again, alone: there is a piece of old code where a block of new code
    /// begins later.
    @ParameterizedTest
    @ValueSource(strings = {"system", "bundled"})
    void anOldBlockStaysWhereAPieceOfItMakesRoomForOneOfANewBlock(String library) {
        assertAlike(
                library,
                "add x0, x0, #1; add x0, x0, #1; ldr x4, [x3]; add x0, x0, #1; here: b here",
                2 + 16 + 2,
                Slice.from(0, 10),
                Slice.from(2, 1).writing(2),
                Slice.from(0, 10));
    }

    /// The block stores into itself, after the end of one of its pieces.
    @ParameterizedTest
    @ValueSource(strings = {"system", "bundled"})
    void aPieceOfOldCodeIsNotTakenForOneOfNewCode(String library) {
        assertAlike(
                library,
                "again: add x0, x0, #1; ldr w4, [x1, #12]; str w4, [x1, #12]; b again",
                1 + 16,
                Slice.from(0, 1),
                Slice.on(3).writing(0),
                Slice.on(1));
    }

    /// The block runs in a loop that does not look up its page. The TLB's table has 256 entries, each for a page of
    /// 1 KiB, and a list of 8 evicted entries.
    @ParameterizedTest
    @CsvSource({"system, 0", "system, 12", "bundled, 0", "bundled, 12"})
    void anOldBlockIsCutAsItIsWhereItsPageWasDrivenOutOfTheTlb(String library, int others) {
        StringBuilder loads = new StringBuilder("again: ldr x4, [x2]; ");
        for (String base : List.of("x5", "x6")) {
            for (int page = 0; page < others; page++) {
                loads.append("ldr x4, [%s, #%d]; ".formatted(base, page * 1024));
            }
        }
        int length = 2 * others + 4;
        assertAlike(
                library,
                loads + "add x0, x0, #1; add x0, x0, #1; b again",
                3 * 2 + 1,
                Slice.from(0, 3L * length),
                Slice.on(length - 2).writing(length - 3));
    }
}

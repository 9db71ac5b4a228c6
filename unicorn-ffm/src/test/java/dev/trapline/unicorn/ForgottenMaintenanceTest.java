package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Code and page tables that change without the maintenance that the architecture requires. The result is the same as
/// with the library alone, with and without shortcuts, and wherever slices end.
///
/// An engine notices its own stores at once. It does not see stores of another engine or of the host until maintenance
/// is done. A change of a page table takes effect at its next walk.
class ForgottenMaintenanceTest {

    private static final UnicornLibrary LIBRARY =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    private static final List<UnicornEngines> BOTH =
            List.of(new UnicornEngines(LIBRARY, Shortcut.parse("all")), new UnicornEngines(LIBRARY, Set.of()));

    private static final int[] BUDGETS = {1_000_000, 1, 3};

    private static final long SWITCH = Snippet.BASE + 0x8_0000;
    /// With the MMU on, the same memory again.
    private static final long ALIAS = 0x4000_0000L;

    private static final long TABLES = Snippet.BASE + 0xc_0000;
    private static final long PAGE_TABLE = TABLES + 0x2000;
    private static final long PAGE = 0x703;
    /// Two pages of data or code that a guest exchanges.
    private static final long FIRST = Snippet.BASE + 0x2_0000;

    private static final long SECOND = Snippet.BASE + 0x3_0000;

    /// The called routine, before and after the change: both instructions add 1 to x0, then 16.
    private static final int ADD_1 = 0x9100_0400;

    private static final int ADD_16 = 0x9100_4000;
    private static final int RET = 0xd65f_03c0;

    /// Routines in the page of the storing code, in another page, across pages of the TLB, and across pages of the
    /// page tables.
    private static final long[] PLACES = {
        Snippet.BASE + 0x100, Snippet.BASE + 0x1_0000, Snippet.BASE + 0x1_03fc, Snippet.BASE + 0x1_0ffc
    };

    /// Stores of `size` bytes, `offset` bytes after the routine's beginning, and the number that it adds after
    /// them.
    private static final String STORES = """
        4 | 0  | 17
        4 | 4  | 17
        8 | 0  | 32
        1 | 1  | 17
        2 | 1  | 17
        8 | -3 | 17
        4 | 3  | 17
        """;

    private static Snippet open(UnicornEngines engines, boolean mmu, String code) {
        Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code));
        if (mmu) {
            guest.write64(TABLES, 0x701);
            guest.write64(TABLES + 8, (TABLES + 0x1000) | 3);
            guest.write64(TABLES + 16, Snippet.BASE | 0x701);
            guest.write64(TABLES + 0x1000, PAGE_TABLE | 3);
            for (int page = 0; page < Snippet.SIZE / 4096; page++) {
                guest.write64(PAGE_TABLE + 8L * page, (Snippet.BASE + page * 4096L) | PAGE);
            }
            guest.write(
                    SWITCH,
                    Assembler.a64("ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1; ldr x1, table;"
                            + "msr ttbr0_el1, x1; mrs x1, sctlr_el1; orr x1, x1, #1; msr sctlr_el1, x1; isb; hvc #1;"
                            + ".balign 8; mair: .quad 0xff; tcr: .quad 0x200803519; table: .quad 0x400c0000"));
        }
        switchOn(guest, 0, mmu);
        return guest;
    }

    private static void switchOn(Snippet guest, int engine, boolean mmu) {
        if (mmu) {
            guest.engine(engine).writePc(SWITCH);
            HypercallExitTest.hypercall(guest.engine(engine).run(1000, 0, 0));
            guest.engine(engine).writePc(Snippet.BASE);
        }
    }

    /// Runs an engine up to its next call, in slices of one length.
    ///
    /// @param seen receives the visible state after each slice
    private static void toCall(Snippet guest, int index, int budget, List<String> seen) {
        Engine engine = guest.engine(index);
        Exit exit = Exit.BudgetUsed.INSTANCE;
        for (int slice = 0; !(exit instanceof HypercallExit); slice++) {
            exit = engine.run(budget, 0, 0);
            long[] registers = guest.registers(index);
            seen.add("slice " + slice + ": " + exit + ", executed " + engine.executed() + ", all "
                    + Long.toHexString(engine.fullDigest()) + ", x0 " + registers[0] + ", PC "
                    + Long.toHexString(registers[32]));
            assertThat(slice).as("slices until a call; %s", seen.getLast()).isLessThan(1000);
        }
    }

    private interface Play {
        /// @return the value that is expected to be the same
        long run(Snippet guest, int budget, List<String> seen);
    }

    /// Runs the same with and without shortcuts, in slices of several lengths: the results must be equal.
    private static void play(String what, boolean mmu, String code, long expected, Play play) {
        for (int budget : BUDGETS) {
            List<List<String>> seen = List.of(new ArrayList<>(), new ArrayList<>());
            for (int k = 0; k < 2; k++) {
                try (Snippet guest = open(BOTH.get(k), mmu, code)) {
                    assertThat(play.run(guest, budget, seen.get(k)))
                            .as("%s, MMU %s, slices of %d, shortcuts %s", what, mmu, budget, k == 0)
                            .isEqualTo(expected);
                }
            }
            assertThat(seen.get(0)).as("%s, slices of %d", what, budget).isEqualTo(seen.get(1));
        }
    }

    private interface Variant {
        void check(String what, boolean mmu, long routine, long called, long stored);
    }

    /// Each position, with the MMU off, and with the MMU on at both addresses.
    private static void everywhere(Variant variant) {
        for (long place : PLACES) {
            variant.check("at 0x" + Long.toHexString(place), false, place, place, place);
            for (long alias : new long[] {0, 1, 2, 3}) {
                long called = place + (alias & 1) * ALIAS;
                long stored = place + (alias >> 1) * ALIAS;
                variant.check(
                        "at 0x%x, called at 0x%x, stored at 0x%x".formatted(place, called, stored),
                        true,
                        place,
                        called,
                        stored);
            }
        }
    }

    private static byte[] words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.array();
    }

    /// The value that a store of some bytes has to write, so that its part of the routine is changed, or stays the
    /// same.
    private static long value(int size, int offset, int add) {
        ByteBuffer routine = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        routine.put(8, words(add, add, RET));
        long value = routine.getLong(8 + offset);
        return size == 8 ? value : value & ((1L << (8 * size)) - 1);
    }

    private static String store(int size, int from) {
        return switch (size) {
            case 1 -> "strb w" + from + ", [x3]; ";
            case 2 -> "strh w" + from + ", [x3]; ";
            case 4 -> "str w" + from + ", [x3]; ";
            default -> "str x" + from + ", [x3]; ";
        };
    }

    /// A CPU's access to the routine before its first call: none, a read, or a write of the same bytes.
    private static List<String> before(int size) {
        return List.of("", "ldrb w9, [x3]; ", store(size, 4));
    }

    private static void prepare(Snippet guest, long place, RegisterWrites registers) {
        guest.write(place, words(ADD_1, ADD_1, RET));
        guest.engine().writeRegisters(registers);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = STORES)
    void whatACpuStoresItselfRunsAtOnce(int size, int offset, long added) {
        for (String before : before(size)) {
            String code = before + "blr x1; " + store(size, 2) + "blr x1; hvc #0";
            everywhere((what, mmu, place, called, stored) ->
                    play(before + what, mmu, code, 2 + added, (guest, budget, seen) -> {
                        prepare(guest, place, registers(called, size, stored, offset));
                        toCall(guest, 0, budget, seen);
                        return guest.x(0);
                    }));
        }
    }

    private static RegisterWrites registers(long called, int size, long stored, int offset) {
        return RegisterWrites.fromX0(
                0, called, value(size, offset, ADD_16), stored + offset, value(size, offset, ADD_1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = STORES)
    void whatAnotherCpuStoresRunsOnceItIsSaid(int size, int offset, long added) {
        for (String before : before(size)) {
            String code =
                    before + "blr x1; hvc #0; blr x1; hvc #0; blr x1; hvc #0; .balign 64; " + store(size, 2) + "hvc #0";
            everywhere((what, mmu, place, called, stored) ->
                    play(before + what, mmu, code, 2 + 2 + added, (guest, budget, seen) -> {
                        prepare(guest, place, registers(called, size, stored, offset));
                        int other = guest.open();
                        switchOn(guest, other, mmu);
                        guest.engine(other).writePc(Snippet.BASE + 64);
                        guest.engine(other).writeRegisters(registers(called, size, stored, offset));
                        toCall(guest, 0, budget, seen);
                        toCall(guest, other, budget, seen);
                        toCall(guest, 0, budget, seen);
                        guest.engine(0).dropTranslations(place, 12);
                        toCall(guest, 0, budget, seen);
                        return guest.x(0);
                    }));
        }
    }

    @Test
    void whatTheHostWritesRunsOnceItIsSaidOrInANewEngine() {
        String code = "blr x1; hvc #0; blr x1; hvc #0; blr x1; hvc #0";
        for (boolean restored : new boolean[] {false, true}) {
            everywhere((what, mmu, place, called, _) -> play(what, mmu, code, 2 + 2 + 32, (guest, budget, seen) -> {
                prepare(guest, place, RegisterWrites.fromX0(0, called));
                toCall(guest, 0, budget, seen);
                guest.write(place, words(ADD_16, ADD_16));
                toCall(guest, 0, budget, seen);
                int next = 0;
                if (restored) {
                    next = guest.open();
                    guest.engine(next).load(guest.engine(0).save());
                } else {
                    guest.engine(0).dropTranslations(place, 8);
                }
                toCall(guest, next, budget, seen);
                return guest.registers(next)[0];
            }));
        }
    }

    /// Each store changes a later instruction in its own block, to another one and back.
    @ParameterizedTest
    @ValueSource(strings = {"", "nop;", "isb;", "b here;", "ldr x9, [x3];"})
    void aBlockThatChangesItselfDoesTheSame(String between) {
        String code = "mov x5, #20; adr x3, here; again: str w2, [x3]; " + between
                + "here: add x0, x0, #1; eor x2, x2, x4; subs x5, x5, #1; b.ne again; hvc #0";
        for (boolean mmu : new boolean[] {false, true}) {
            List<List<String>> all = new ArrayList<>();
            for (UnicornEngines engines : BOTH) {
                List<String> seen = new ArrayList<>();
                for (int budget = 1; budget <= 40; budget++) {
                    try (Snippet guest = open(engines, mmu, code)) {
                        guest.engine().writeRegisters(RegisterWrites.fromX0(0, 0, ADD_16, 0, ADD_16 ^ ADD_1));
                        toCall(guest, 0, budget, seen);
                        seen.add(budget + ": " + guest.x(0));
                    }
                }
                all.add(seen);
            }
            assertThat(all.get(0)).as("MMU %s", mmu).isEqualTo(all.get(1));
        }
    }

    /// x1: the page that is called; x5: the page that is read; both are [#FIRST]. x6: the table entry of [#SECOND];
    /// x7: the address of the page's own entry. A routine in the first page adds 1, in the second 64; a word in
    /// each page has the same number.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        a load by what the TLB has      | ldr x8, [x5, #64]; str x6, [x7]; ldr x0, [x5, #64]                        | 1
        a first load                    | str x6, [x7]; ldr x0, [x5, #64]                                           | 64
        a load after TLBI               | ldr x8, [x5, #64]; str x6, [x7]; tlbi vmalle1; ldr x0, [x5, #64]          | 64
        a load of another KiB           | ldr x8, [x5, #64]; str x6, [x7]; ldr x0, [x5, #1088]                      | 64
        a call by what the TLB has      | blr x1; str x6, [x7]; blr x1                                              | 2
        a first call                    | str x6, [x7]; blr x1                                                      | 64
        a call after TLBI               | blr x1; str x6, [x7]; tlbi vmalle1; isb; blr x1                           | 65
        a call of a page that was read  | ldr x8, [x5]; str x6, [x7]; blr x1                                        | 1
        a call of one that was written  | str x8, [x5, #72]; str x6, [x7]; blr x1                                   | 1
        a call of one driven out        | ldr x8, [x5]; ldr x8, [x9]; str x6, [x7]; blr x1                          | 1
        a call of one driven out twice  | ldr x8, [x5]; ldr x8, [x9]; ldr x8, [x10]; str x6, [x7]; blr x1           | 1
        a load of a page that was called | blr x1; str x6, [x7]; ldr x8, [x5, #64]; add x0, x0, x8                  | 2
        a store to one that was called  | blr x1; str x6, [x7]; str w2, [x5]; blr x1                                | 17
        a store to one, read only now   | ldr x8, [x5]; str x11, [x7]; str w2, [x5]; blr x1                         | 16
        a store to one that was read    | ldr x8, [x5]; str x6, [x7]; str w2, [x5]; blr x1                          | 16
        a store, and a call after TLBI  | str w2, [x5]; str x6, [x7]; tlbi vmalle1; isb; blr x1                     | 64
        """)
    void aTableThatChangesCountsFromTheNextLookAtIt(String what, String code, long expected) {
        play(what, true, code + "; hvc #0", expected, (guest, budget, seen) -> {
            exchangeable(guest);
            toCall(guest, 0, budget, seen);
            return guest.x(0);
        });
    }

    private static void exchangeable(Snippet guest) {
        for (long each : new long[] {FIRST, SECOND}) {
            int adds = each == FIRST ? 1 : 64;
            guest.write(each, words(0x9100_0000 | adds << 10, RET));
            guest.write64(each + 64, adds);
            guest.write64(each + 1088, adds);
        }
        long entry = PAGE_TABLE + (FIRST - Snippet.BASE) / 4096 * 8;
        long sameSlot = FIRST + 256 * 1024;
        guest.engine()
                .writeRegisters(RegisterWrites.fromX0(
                        0,
                        FIRST,
                        ADD_16,
                        0,
                        0,
                        FIRST,
                        SECOND | PAGE,
                        entry,
                        0,
                        sameSlot,
                        sameSlot + 256 * 1024,
                        FIRST | PAGE | 0x80));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTableThatAnotherCpuOrTheHostChangesCountsFromTheNextLookAtIt(boolean host) {
        String code = "blr x1; ldr x8, [x5, #64]; hvc #0; blr x1; ldr x9, [x5, #64]; hvc #0; tlbi vmalle1; isb;"
                + "blr x1; ldr x10, [x5, #64]; hvc #0; .balign 64; str x6, [x7]; hvc #0";
        play("host " + host, true, code, 1 + 1 + 64, (guest, budget, seen) -> {
            exchangeable(guest);
            long entry = PAGE_TABLE + (FIRST - Snippet.BASE) / 4096 * 8;
            toCall(guest, 0, budget, seen);
            if (host) {
                guest.write64(entry, SECOND | PAGE);
            } else {
                int other = guest.open();
                switchOn(guest, other, true);
                guest.engine(other).writePc(Snippet.BASE + 64);
                guest.engine(other)
                        .writeRegisters(
                                RegisterWrites.NONE.and(6, SECOND | PAGE).and(7, entry));
                toCall(guest, other, budget, seen);
            }
            toCall(guest, 0, budget, seen);
            toCall(guest, 0, budget, seen);
            assertThat(guest.x(9)).as("what the TLB has").isEqualTo(1);
            assertThat(guest.x(10)).as("after TLBI").isEqualTo(64);
            return guest.x(0);
        });
    }

    @Test
    void anAccessToNothingIsNotDoneAlsoWhereTheTablesNoLongerHaveItsCode() {
        for (UnicornEngines engines : BOTH) {
            try (Snippet guest = open(engines, true, "nop; str x6, [x7]; nop; ldr x0, [x8]; hvc #0")) {
                guest.engine()
                        .writeRegisters(RegisterWrites.NONE
                                .and(6, 0x1_0000_0000L | PAGE)
                                .and(7, PAGE_TABLE)
                                .and(8, 0x3000_0000));
                // The page tables determine its kind, with shortcuts and without.
                assertThat(((GuestFault) guest.run()).address()).as("in a gap").isEqualTo(0x3000_0000);
                assertThat(guest.pcOffset()).isEqualTo(12);
                assertThat(guest.engine().executed()).as("without the load").isEqualTo(3);
            }
        }
    }

    /// In T32, the second halfword of the called code may be in the next page.
    @ParameterizedTest
    @CsvSource({"false, 0x100", "false, 0x10000", "false, 0x103fc", "true, 0x100", "true, 0x103fe", "true, 0x10ffe"})
    void aarch32CodeThatIsStoredRunsAtOnceAndWhatTheHostWritesOnceItIsSaid(boolean thumb, int place) {
        long routine = Snippet.BASE + place;
        long stored = routine + (thumb ? 2 : 0);
        // add.w r0, r0, #1 and #16; add r0, r0, #1 and #16; bx lr
        byte[] adds = thumb ? FailedConditionTest.halfwords(0xf100, 0x0001, 0x4770) : words(0xe280_0001, 0xe12f_ff1e);
        String call = thumb ? ".short 0xf7e0; .short 0x8000" : ".long 0xe1400070";
        String code = "blx r1; " + (thumb ? "strh" : "str") + " r2, [r3]; blx r1; " + call + "; blx r1; " + call
                + "; blx r1; " + call;
        for (UnicornEngines engines : BOTH) {
            for (int budget : BUDGETS) {
                try (Snippet guest = Snippet.aarch32(engines, thumb ? Assembler.t32(code) : Assembler.a32(code))) {
                    guest.write(routine, adds);
                    guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                    guest.engine()
                            .writeRegisters(RegisterWrites.fromX0(
                                    0, routine + (thumb ? 1 : 0), thumb ? 0x0010 : 0xe280_0010L, stored));
                    List<String> seen = new ArrayList<>();
                    toCall(guest, 0, budget, seen);
                    assertThat(guest.x(0))
                            .as("1, then 16; slices of %d", budget)
                            .isEqualTo(17);
                    guest.write(routine, adds);
                    toCall(guest, 0, budget, seen);
                    assertThat(guest.x(0)).as("16 again; slices of %d", budget).isEqualTo(33);
                    guest.engine().dropTranslations(routine, 4);
                    toCall(guest, 0, budget, seen);
                    assertThat(guest.x(0)).as("and 1; slices of %d", budget).isEqualTo(34);
                }
            }
        }
    }
}

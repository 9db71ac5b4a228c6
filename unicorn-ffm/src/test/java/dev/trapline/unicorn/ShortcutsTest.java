package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.BundledLibrary;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.layout.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which shortcuts are used, and which are refused.
class ShortcutsTest {

    private static final Set<Shortcut> ALL = EnumSet.allOf(Shortcut.class);

    @BeforeAll
    static void onlyWhereThereIsMachineCode() {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
    }

    @Test
    void allFitTheCopyInTheArtefact() {
        Shortcuts shortcuts = shortcuts(ALL);
        for (Shortcut shortcut : ALL) {
            assertThat(shortcuts.line(shortcut)).startsWith(shortcut.id() + ": on (");
            assertThat(shortcuts.uses(shortcut)).isTrue();
        }
    }

    @Test
    void allFitTheLibraryOfTheSystem() {
        UnicornLibrary library = UnicornLibrary.load(LibrarySearch.standard(null));
        assumeTrue(library.identity().version().equals("2.0.1"), "another version may refuse");
        for (Shortcut shortcut : ALL) {
            assertThat(Shortcuts.of(Layouts.of(library), ALL, Host.current()).line(shortcut))
                    .contains(": on (");
        }
    }

    @Test
    void whatIsNotAskedForIsOff() {
        Shortcuts shortcuts = shortcuts(Set.of());
        assertThat(shortcuts.uses(Shortcut.STORES)).isFalse();
        assertThat(shortcuts.line(Shortcut.STORES)).isEqualTo("stores: off (not asked for)");
    }

    /// Every function that shortcuts look up in the library.
    @ParameterizedTest
    @CsvSource({
        "arm_cpu_tlb_fill_aarch64, STORES, the library does not keep its CPU as version 2.0.1 does",
        "tlb_reset_dirty_aarch64, STORES, stale code ran in the self-test",
        "uc_emu_stop, BUDGETS, a slice ended at the wrong position in the self-test",
        "cpu_restore_state_aarch64, BUDGETS, a slice ended at the wrong position in the self-test",
        "cpu_loop_exit_restore_aarch64, BUDGETS, a slice ended at the wrong position in the self-test",
        "tb_check_watchpoint_aarch64, BUDGETS, a slice ended at the wrong position in the self-test"
    })
    void aFunctionThatIsMissingOrAnotherIsFoundOutAndTheRunContinues(String function, Shortcut user, String found) {
        assertRefused(function, _ -> Optional.empty(), user, "the library does not export " + function);
        // A function that changes nothing, and does not return 0.
        assertRefused(function, _ -> Linker.nativeLinker().defaultLookup().find("getpid"), user, found);
    }

    @Test
    void theSelfTestCoversEveryWayThatASliceEnds() {
        Shortcuts all = shortcuts(ALL);
        Shortcuts none = shortcuts(Set.of());
        List<Exit> exits = BudgetTrial.run(Layouts.of(bundled()), all, none).exits();
        for (Class<?> kind :
                List.of(Exit.BudgetUsed.class, Exit.Maintenance.class, HypercallExit.class, GuestFault.class)) {
            assertThat(exits.stream().filter(kind::isInstance))
                    .as(kind.getSimpleName())
                    .hasSizeGreaterThan(5);
        }
    }

    @SuppressWarnings("restricted")
    private static void assertRefused(String function, SymbolLookup instead, Shortcut user, String reason) {
        // SAFETY: looks up functions in a library that is already loaded and stays loaded.
        SymbolLookup real = SymbolLookup.libraryLookup(
                BundledLibrary.extract(LibrarySearch.standard(null).cache()), Arena.global());
        UnicornLibrary library = bundled();
        Shortcuts shortcuts = Shortcuts.of(
                Layouts.of(library.withSymbols(name -> name.equals(function) ? instead.find(name) : real.find(name))),
                ALL,
                Host.current());
        assertThat(shortcuts.line(user)).isEqualTo(user.id() + ": refused (" + reason + ")");
        for (Shortcut shortcut : ALL) {
            assertThat(shortcuts.uses(shortcut))
                    .as("%s without %s", shortcut, function)
                    .isEqualTo(shortcut.compareTo(user) < 0);
        }
        assertRuns(new GivenShortcuts(Layouts.of(library), shortcuts));
    }

    private static void assertRuns(EngineFactory engines) {
        String code = "mov x0, #0x40000000; str x0, [x0, #0x800]; ldr x1, [x0, #0x800]; add x1, x1, #1; hvc #5";
        try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code))) {
            assertThat(guest.run(3)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(HypercallExitTest.hypercall(guest.run()).immediate()).isEqualTo(5);
            assertThat(guest.x(1)).isEqualTo(Snippet.BASE + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux, aarch64", "Linux, riscv64", "Mac OS X, aarch64", "Mac OS X, x86_64", "Windows 11, amd64"})
    void withoutMachineCodeEachShortcutIsRefusedAndTheRunContinues(String system, String processor) {
        UnicornLibrary library = bundled();
        Shortcuts shortcuts = Shortcuts.of(
                Layouts.of(library.withSymbols(name -> {
                    throw new AssertionError("nothing is looked up on such a host: " + name);
                })),
                ALL,
                new Host(system, processor));
        assertThat(shortcuts.line(Shortcut.STORES))
                .isEqualTo("stores: refused (there is no machine code for " + system + " on " + processor + ")");
        assertThat(shortcuts.line(Shortcut.BUDGETS)).isEqualTo("budgets: refused (it needs stores)");
        assertThat(shortcuts.line(Shortcut.INLINE)).isEqualTo("inline: refused (it needs budgets)");
        assertThat(shortcuts.uses(Shortcut.STORES)).isFalse();
        assertRuns(new GivenShortcuts(Layouts.of(library), shortcuts));
    }

    @Test
    void countingWithinTheCodeNeedsCountingByBlocks() {
        Shortcuts shortcuts = shortcuts(EnumSet.of(Shortcut.STORES, Shortcut.INLINE));
        assertThat(shortcuts.line(Shortcut.STORES)).contains(": on (");
        assertThat(shortcuts.line(Shortcut.BUDGETS)).isEqualTo("budgets: off (not asked for)");
        assertThat(shortcuts.line(Shortcut.INLINE)).isEqualTo("inline: refused (it needs budgets)");
    }

    @Test
    void memoryThatCanBeWrittenIsDistinguishedFromOtherMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pages = NativePages.mapLow(2 * NativePages.PAGE, arena);
            assertThat(pages.address() + pages.byteSize()).as("below 2 GiB").isLessThan(1L << 31);
            NativePages.makeExecutable(pages.asSlice(0, NativePages.PAGE));
            assertThat(HostMemory.isWritable(pages.address())).isFalse();
            assertThat(HostMemory.isWritable(pages.address() + NativePages.PAGE))
                    .isTrue();
            assertThat(HostMemory.isWritable(0)).as("nothing").isFalse();
        }
    }

    @Test
    void countingByBlocksNeedsTheOther() {
        Shortcuts shortcuts = shortcuts(EnumSet.of(Shortcut.BUDGETS));
        assertThat(shortcuts.line(Shortcut.BUDGETS)).isEqualTo("budgets: refused (it needs stores)");
        try (Snippet guest = Snippet.with(
                new UnicornEngines(bundled(), EnumSet.of(Shortcut.BUDGETS)),
                CpuModel.CORTEX_A57,
                Assembler.a64("nop; hvc #0"))) {
            HypercallExitTest.hypercall(guest.run());
        }
    }

    @Test
    void namesAreReadFromText() {
        assertThat(Shortcut.parse("all")).isEqualTo(ALL);
        assertThat(Shortcut.parse("none")).isEmpty();
        assertThat(Shortcut.parse(" stores ")).containsExactly(Shortcut.STORES);
        assertThat(Shortcut.parse("none,stores")).containsExactly(Shortcut.STORES);
        assertThatThrownBy(() -> Shortcut.parse("stores,fast"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'fast'")
                .hasMessageContaining("stores");
    }

    @Test
    void memoryThatIsNotMappedIsAnAnswer() {
        try (HostMemory memory = HostMemory.open()) {
            assertThat(memory.read(0x1_0000, 8).remaining())
                    .as("the first pages")
                    .isZero();
            assertThat(memory.read(-1, 8).remaining()).as("no address at all").isZero();
            assertThat(memory.read(Long.MAX_VALUE, 8).remaining())
                    .as("past the end")
                    .isZero();
        }
    }

    @Test
    void aStoreToMemoryThatCannotBeWrittenIsStillIgnoredAfterALoadFromIt() {
        try (Snippet guest = with(
                "mov x0, #" + Snippet.FLASH + "; ldr x1, [x0]; add x1, x1, #1; str x1, [x0]; ldr x2, [x0]; hvc #0")) {
            guest.write64(Snippet.FLASH, 77);
            HypercallExitTest.hypercall(guest.run());
            assertThat(guest.x(1)).as("what was stored").isEqualTo(78);
            assertThat(guest.x(2)).as("what is read after it").isEqualTo(77);
            assertThat(guest.read64(Snippet.FLASH)).isEqualTo(77);
        }
    }

    @Test
    void codeThatWasWrittenAsDataRunsAsItWasWrittenLast() {
        try (Snippet guest =
                with("mov x0, #0x40000000; add x0, x0, #0x82, lsl #12; ldr w1, one; ldr w2, two; ldr w3, back;mov x7,"
                    + " #100; again: str w1, [x0]; str w3, [x0, #4]; blr x0; add x6, x6, x5; str w2, [x0]; blr x0;add"
                    + " x6, x6, x5; subs x7, x7, #1; b.ne again; hvc #0;one: mov x5, #1; two: mov x5, #2; back:"
                    + " ret")) {
            HypercallExitTest.hypercall(guest.run());
            assertThat(guest.x(6)).isEqualTo(300);
        }
    }

    @Test
    void aBudgetIsUsedWhereStoresStayWithinTheTranslatedCode() {
        try (Snippet guest = with("mov x0, #0x40000000; add x0, x0, #0x82, lsl #12; again: str x1, [x0, #8];"
                + "ldr x2, [x0, #8]; add x1, x1, #1; b again")) {
            assertThat(guest.run(3 + 4 * 1000)).isInstanceOf(Exit.BudgetUsed.class);
            assertThat(guest.x(1)).isEqualTo(1000);
            assertThat(guest.x(2)).isEqualTo(999);
        }
    }

    private static Snippet with(String source) {
        return Snippet.with(new UnicornEngines(bundled(), ALL), CpuModel.CORTEX_A57, Assembler.a64(source));
    }

    private static Shortcuts shortcuts(Set<Shortcut> wanted) {
        return Shortcuts.of(Layouts.of(bundled()), wanted, Host.current());
    }

    private static UnicornLibrary bundled() {
        return UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    }
}

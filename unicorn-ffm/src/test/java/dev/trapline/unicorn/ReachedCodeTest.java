package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.CodeListener;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Engines tell which code they reach, and it does not depend on where slices end.
class ReachedCodeTest {

    private static final UnicornLibrary LIBRARY =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());

    /// A loop, a call, code that is jumped over, and code behind the end.
    private static final String GUEST = "mov x1, #40; loop: add x2, x2, x1; eor x3, x3, x2; subs x1, x1, #1; b.ne loop;"
            + "bl sub; tbz x1, #0, over; mov x5, #1; mov x5, #2; over: mov x6, #3; cbz x6, never; hvc #9;"
            + "never: mov x7, #1; b never; sub: msr daifclr, #2; isb; nop; ret";

    private static final long INSTRUCTIONS = 1 + 40 * 4 + 1 + 4 + 1 + 2 + 1;

    /// What was told, as offsets.
    private static final class Reached implements CodeListener {
        private final Set<Integer> instructions = new TreeSet<>();
        private final Set<Integer> branches = new TreeSet<>();

        @Override
        public void reached(long begin, long end, boolean branch) {
            for (long at = begin; at < end; at += Integer.BYTES) {
                instructions.add((int) (at - Snippet.BASE));
            }
            if (branch) {
                branches.add((int) (end - Snippet.BASE) - Integer.BYTES);
            }
        }
    }

    private static UnicornEngines engines(Shortcut last) {
        return new UnicornEngines(LIBRARY, EnumSet.range(Shortcut.STORES, last));
    }

    @BeforeAll
    static void onlyWhereThereIsMachineCode() {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
    }

    private static Reached of(String source, Shortcut last, long length) {
        Reached reached = new Reached();
        try (Snippet guest =
                Snippet.with(engines(last).reporting(reached), CpuModel.CORTEX_A57, Assembler.a64(source))) {
            Exit exit = guest.run(length);
            while (exit instanceof Exit.BudgetUsed) {
                exit = guest.run(length);
            }
        }
        return reached;
    }

    private static void assertIsAll(Reached reached) {
        // Not the two instructions that are jumped over, and not the two behind the end.
        assertThat(reached.instructions).containsExactly(0, 4, 8, 12, 16, 20, 24, 36, 40, 44, 56, 60, 64, 68);
        assertThat(reached.branches).containsExactly(16, 20, 24, 40, 44, 68);
    }

    @ParameterizedTest
    @EnumSource(
            value = Shortcut.class,
            names = {"BUDGETS", "INLINE"})
    void codeThatIsReachedIsTold(Shortcut last) {
        assertIsAll(of(GUEST, last, 1_000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 7, 11, 50, INSTRUCTIONS - 1})
    void cutsBySlicesMakeNoDifference(long length) {
        for (Shortcut last : EnumSet.of(Shortcut.BUDGETS, Shortcut.INLINE)) {
            assertIsAll(of(GUEST, last, length));
        }
    }

    @Test
    void aBlockThatIsLongerThanTheLibraryTakesIsOne() {
        String source = "mov x1, #1; nop; ".repeat(300) + "hvc #1";
        Reached whole = of(source, Shortcut.INLINE, 10_000);
        assertThat(whole.instructions).hasSize(601);
        assertThat(whole.branches).containsExactly(2400);
        for (long length : new long[] {1, 7, 100, 511}) {
            Reached cut = of(source, Shortcut.INLINE, length);
            assertThat(cut.instructions).isEqualTo(whole.instructions);
            assertThat(cut.branches).isEqualTo(whole.branches);
        }
    }

    /// An engine keeps its translations over a restart. It has told of them.
    @Test
    void aRestartedEngineHasToldAllThatItReaches() {
        Reached reached = new Reached();
        try (Snippet guest =
                Snippet.with(engines(Shortcut.INLINE).reporting(reached), CpuModel.CORTEX_A57, Assembler.a64(GUEST))) {
            Engine engine = guest.engine();
            guest.run();
            Reached first = new Reached();
            first.instructions.addAll(reached.instructions);
            assertThat(engine.restart()).isTrue();
            engine.writePc(Snippet.BASE);
            guest.run();
            assertThat(reached.instructions).isEqualTo(first.instructions);
            assertIsAll(reached);
        }
    }

    /// The library does not call for the first block of an engine.
    @Test
    void theFirstBlockOfAFreshEngineIsTold() {
        Reached reached = new Reached();
        StateWriter state = new StateWriter();
        UnicornEngines engines = engines(Shortcut.INLINE);
        try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(GUEST))) {
            guest.run(1 + 2);
            guest.engine().save(state);
        }
        try (Snippet guest = Snippet.with(engines.reporting(reached), CpuModel.CORTEX_A57, Assembler.a64(GUEST))) {
            guest.engine().load(new StateReader(state.toBytes()));
            guest.run(2);
        }
        assertThat(reached.instructions).contains(12, 16).doesNotContain(20);
    }

    @Test
    void anEngineThatDoesNotCountBlocksTellsNothing() {
        Reached reached = new Reached();
        try (Snippet guest =
                Snippet.with(engines(Shortcut.STORES).reporting(reached), CpuModel.CORTEX_A57, Assembler.a64(GUEST))) {
            guest.run();
        }
        assertThat(reached.instructions).isEmpty();
    }
}

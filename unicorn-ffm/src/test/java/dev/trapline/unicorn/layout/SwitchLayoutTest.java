package dev.trapline.unicorn.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.HandlerGuest.Place;
import dev.trapline.unicorn.UnicornConstantsTest;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the values found in a context image with the effects of guest code, in each available library.
class SwitchLayoutTest {

    private static final long CODE = 0x1_0000;
    private static final int LEVEL_DEPENDENT = 0x7f00_4000;
    private static final int UC_ERR_EXCEPTION = 21;

    static List<UnicornLibrary> libraries() {
        return UnicornConstantsTest.libraries();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void theMonitorIsFoundWhereExclusivesKeepIt(UnicornLibrary library) {
        SwitchLayout layout = SwitchLayout.calibrate(library);
        String source =
                "adr x0, here; ldxr x1, [x0]; stxr w2, x1, [x0]; ldxr x1, [x0]; clrex; .balign 8; here: .quad 0";
        run(library, source, probe -> {
            assertThat(probe.start(CODE, 2)).isZero();
            assertThat(layout.monitorIsSet(probe.saveContext()))
                    .as("after LDXR")
                    .isTrue();
            assertThat(probe.start(CODE + 8, 1)).isZero();
            assertThat(layout.monitorIsSet(probe.saveContext()))
                    .as("after STXR")
                    .isFalse();
            assertThat(probe.start(CODE + 12, 1)).isZero();
            assertThat(layout.monitorIsSet(probe.saveContext())).isTrue();
            assertThat(probe.start(CODE + 16, 1)).isZero();
            assertThat(layout.monitorIsSet(probe.saveContext()))
                    .as("after CLREX")
                    .isFalse();
        });
    }

    /// The guest sets SCTLR_EL1, MDSCR_EL1 and TCR_EL1 and enters a state by ERET: applied to the flags before, the
    /// rule must give the library's own flags there.
    @ParameterizedTest
    @MethodSource("libraries")
    void theFlagsOfAPlaceAreThoseThatAnExceptionReturnMakes(UnicornLibrary library) {
        SwitchLayout layout = SwitchLayout.calibrate(library);
        long plain = 0x30c5_0838L;
        for (long control : new long[] {plain, plain | (1 << 24), plain | (1 << 25), plain | (3 << 24)}) {
            for (long debug : new long[] {0, 1, 1 | (1 << 13)}) {
                for (long translation : new long[] {0, 1L << 37, 3L << 37}) {
                    for (Place place : Place.values()) {
                        assertFlags(library, layout, control, debug, translation, place.pstate);
                    }
                }
            }
        }
    }

    private static void assertFlags(
            UnicornLibrary library, SwitchLayout layout, long control, long debug, long translation, long pstate) {
        String source = "msr sctlr_el1, x0; msr mdscr_el1, x1; msr tcr_el1, x2; eret";
        run(library, source, probe -> {
            RegisterBatch values = probe.registers(UnicornConstants.x(0), UnicornConstants.x(1), UnicornConstants.x(2));
            values.set(0, 0, control);
            values.set(1, 0, debug);
            values.set(2, 0, translation);
            values.write(3);
            probe.writeSystem(SystemRegister.ELR_EL1, CODE);
            probe.writeSystem(SystemRegister.SPSR_EL1, pstate);
            assertThat(probe.start(CODE, 3)).isZero();
            int before = layout.flags(probe.saveContext());
            assertThat(probe.start(CODE + 12, 1))
                    .as("an exception if software step is active at the target")
                    .isIn(UnicornConstants.UC_ERR_OK, UC_ERR_EXCEPTION);
            int after = layout.flags(probe.saveContext());
            assertThat(TranslationFlags.at(before, pstate, control, debug))
                    .as("SCTLR_EL1 %x, MDSCR_EL1 %x, TCR_EL1 %x, PSTATE %x", control, debug, translation, pstate)
                    .isEqualTo(after);
            assertThat(before & ~LEVEL_DEPENDENT)
                    .as("the other bits do not depend on the state")
                    .isEqualTo(after & ~LEVEL_DEPENDENT);
        });
    }

    private static void run(UnicornLibrary library, String source, Consumer<Unicorn> check) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.asByteBuffer().put(Assembler.a64(source));
            probe.mapMemory(
                    CODE,
                    page,
                    UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE | UnicornConstants.UC_PROT_EXEC);
            NonSecureState.enter(probe);
            check.accept(probe);
        }
    }
}

package dev.trapline.unicorn;

import static dev.trapline.unicorn.HandlerGuest.DATA;
import static dev.trapline.unicorn.HandlerGuest.PROGRAM;
import static dev.trapline.unicorn.HandlerGuest.STACK_EL1;
import static dev.trapline.unicorn.HandlerGuest.VECTORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.HandlerGuest.Place;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Exceptions that are taken between two slices, as a guest sees them (DDI0487 §D1.4).
class TakenExceptionTest {

    /// What the guest's own registers hold before.
    private static final long SYNDROME = 0x5600_0007L;

    private static final long FAULT = 0x1234_5678L;

    private static final String PROGRAM_TEXT = "add sp, sp, #0x20; cmp x0, x0; add x20, x20, #1; svc #0";

    private static final String LOOK = "mrs x10, elr_el1; mrs x11, spsr_el1; mrs x12, esr_el1; mrs x13, far_el1;"
            + "mrs x14, currentel; hvc #0x26; eret";

    record Kind(ExceptionEntry entry, long offset, long syndrome, long fault) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(new ExceptionEntry.Synchronous(0x9600_0010L, 0xdead_0000L), 0x000, 0x9600_0010L, 0xdead_0000L),
            new Kind(ExceptionEntry.Interrupt.IRQ, 0x080, SYNDROME, FAULT),
            new Kind(ExceptionEntry.Interrupt.FIQ, 0x100, SYNDROME, FAULT),
            new Kind(new ExceptionEntry.SError(0xbe00_0011L), 0x180, 0xbe00_0011L, FAULT));

    /// The vectors of a source: DDI0487, "Vector offsets from vector table base address".
    private static long source(Place place) {
        return switch (place) {
            case EL1T, EL1T_MMU -> 0x000;
            case EL1H, EL1H_MMU -> 0x200;
            case EL0, EL0_MMU -> 0x400;
        };
    }

    private static Stream<Arguments> everyKindEverywhere() {
        return Stream.of(Place.values()).flatMap(place -> KINDS.stream().map(kind -> Arguments.of(place, kind)));
    }

    private static HandlerGuest guest(Place place) {
        HandlerGuest guest = HandlerGuest.at(place, PROGRAM_TEXT);
        guest.engine().takeException(new ExceptionEntry.Synchronous(SYNDROME, FAULT));
        guest.engine().returnFromException(PROGRAM, place.pstate);
        for (int vector = 0; vector < 16; vector++) {
            guest.with(VECTORS + 0x80L * vector, LOOK);
        }
        return guest;
    }

    @ParameterizedTest
    @MethodSource("everyKindEverywhere")
    void anExceptionIsTakenToTheVectorOfItsKindAndSourceAndReturnsToTheNextInstruction(Place place, Kind kind) {
        try (HandlerGuest guest = guest(place)) {
            guest.snippet.run(1);
            guest.engine().takeException(kind.entry);

            assertThat(guest.pc()).isEqualTo(VECTORS + source(place) + kind.offset);
            assertThat(guest.registers()[GeneralRegisters.PSTATE])
                    .as("EL1h, DAIF masked, NZCV as before")
                    .isEqualTo(0x3c5 | (place.pstate & 0xf000_0000L));
            assertThat(guest.registers()[GeneralRegisters.SP])
                    .as("SP_EL1")
                    .isEqualTo(STACK_EL1 + (place.usesStackOfEl1() ? 0x20 : 0));
            GeneralRegisters seen =
                    HypercallExitTest.hypercall(guest.snippet.run()).registers();
            assertThat(seen.x(10)).as("ELR_EL1").isEqualTo(PROGRAM + 4);
            assertThat(seen.x(11)).as("SPSR_EL1").isEqualTo(place.pstate);
            assertThat(seen.x(12)).as("ESR_EL1").isEqualTo(kind.syndrome);
            assertThat(seen.x(13)).as("FAR_EL1").isEqualTo(kind.fault);
            assertThat(seen.x(14)).as("CurrentEL").isEqualTo(1 << 2);

            guest.snippet.run(1);
            assertThat(guest.pc()).as("ERET").isEqualTo(PROGRAM + 4);
            assertThat(guest.registers()[GeneralRegisters.PSTATE]).isEqualTo(place.pstate);
            assertThat(guest.registers()[GeneralRegisters.SP]).isEqualTo(place.stack() + 0x20);
            guest.snippet.run(2);
            assertThat(guest.registers()[20]).as("the program continues").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStoreExclusiveFailsIfAnExceptionWasTakenAfterItsLoad(Place place) {
        String program = "ldr x0, data; ldxr x1, [x0]; nop; stxr w2, x0, [x0]; svc #0; .balign 8; data: .quad " + DATA;
        try (HandlerGuest guest = HandlerGuest.at(place, program)) {
            guest.with(VECTORS + source(place) + 0x80, "eret");
            guest.snippet.run(3);
            guest.engine().takeException(ExceptionEntry.Interrupt.IRQ);
            guest.snippet.run(2);
            assertThat(guest.registers()[2]).as("status of STXR").isEqualTo(1);
        }
    }

    @Test
    void theLowBitsOfVbarDoNotCount() {
        try (HandlerGuest guest = HandlerGuest.at(
                Place.EL1H, "mov x0, #0x7ff; mrs x1, vbar_el1; orr x0, x0, x1;" + "msr vbar_el1, x0; svc #0")) {
            guest.snippet.run(4);
            guest.engine().takeException(ExceptionEntry.Interrupt.FIQ);
            assertThat(guest.pc()).isEqualTo(VECTORS + 0x300);
        }
    }

    @Test
    void anAarch32CpuTakesNone() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32("nop"))) {
            for (Kind kind : KINDS) {
                assertThatThrownBy(() -> guest.engine().takeException(kind.entry))
                        .isInstanceOf(EngineException.class)
                        .hasMessageContaining("AArch32");
            }
        }
    }

    @Test
    void anAarch32ProgramAtEl0IsNotInterrupted() {
        try (HandlerGuest guest = HandlerGuest.atAarch32El0()) {
            long[] before = guest.registers();
            for (Kind kind : KINDS) {
                assertThatThrownBy(() -> guest.engine().takeException(kind.entry))
                        .isInstanceOf(EngineException.class)
                        .hasMessageContaining("AArch32 state");
            }
            assertThat(guest.registers()).as("nothing has changed").isEqualTo(before);
        }
    }
}

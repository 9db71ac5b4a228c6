package dev.trapline.unicorn;

import static dev.trapline.unicorn.HandlerGuest.DATA;
import static dev.trapline.unicorn.HandlerGuest.HANDLER;
import static dev.trapline.unicorn.HandlerGuest.OTHER_HANDLER;
import static dev.trapline.unicorn.HandlerGuest.PROGRAM;
import static dev.trapline.unicorn.HandlerGuest.RESUME;
import static dev.trapline.unicorn.HandlerGuest.STACK_EL0;
import static dev.trapline.unicorn.HandlerGuest.STACK_EL1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.HandlerGuest.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerTest {

    /// EL1 with its own stack pointer, DAIF masked; NZCV, IL and SS clear.
    private static final long HANDLER_PSTATE = 0x3c5;

    private static final String LOOK_AROUND = "mrs x4, currentel; mrs x5, spsel; mrs x6, daif; mrs x7, nzcv;"
            + "mrs x8, sp_el0; mov x9, sp; mrs x10, elr_el1; mrs x11, spsr_el1; hvc #0x25";

    @ParameterizedTest
    @EnumSource
    void aHandlerFindsWhatAnExceptionEntryWouldLeave(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "add sp, sp, #0x20; nop; svc #0")) {
            guest.with(HANDLER, LOOK_AROUND);
            guest.snippet.run(1);
            long el0 = STACK_EL0 + (place.usesStackOfEl1() ? 0 : 0x20);
            long el1 = STACK_EL1 + (place.usesStackOfEl1() ? 0x20 : 0);

            long[] before = guest.enter(HANDLER);
            long[] entered = guest.registers();
            assertThat(before[GeneralRegisters.PC]).isEqualTo(PROGRAM + 4);
            assertThat(before[GeneralRegisters.PSTATE]).isEqualTo(place.pstate);
            assertThat(entered[GeneralRegisters.PC]).isEqualTo(HANDLER);
            assertThat(entered[GeneralRegisters.PSTATE]).isEqualTo(HANDLER_PSTATE);
            assertThat(entered[GeneralRegisters.SP]).as("SP_EL1").isEqualTo(el1);

            GeneralRegisters seen = guest.runHandler().registers();
            assertThat(seen.x(4)).as("CurrentEL").isEqualTo(1 << 2);
            assertThat(seen.x(5)).as("SPSel").isEqualTo(1);
            assertThat(seen.x(6)).as("DAIF").isEqualTo(0x3c0);
            assertThat(seen.x(7)).as("NZCV").isZero();
            assertThat(seen.x(8)).as("SP_EL0").isEqualTo(el0);
            assertThat(seen.x(9)).as("SP").isEqualTo(el1);
            assertThat(seen.x(10)).as("ELR_EL1 is the guest's").isEqualTo(PROGRAM);
            assertThat(seen.x(11)).as("SPSR_EL1 is the guest's").isEqualTo(place.pstate);

            guest.leave(before);
            assertThat(guest.registers()).as("it has left no trace").isEqualTo(before);
            assertThat(((GuestFault) guest.snippet.run()).kind())
                    .as("the program continues")
                    .isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            assertThat(guest.pc()).isEqualTo(PROGRAM + 12);
        }
    }

    @Test
    void aCpuThatHasRunNothingYetCanBeInterrupted() {
        try (Snippet guest = Snippet.a64("mov x20, #1; hvc #0")) {
            guest.write(HANDLER, Assembler.a64("mrs x4, currentel; smc #1"));
            long[] before = guest.registers();
            guest.engine().returnFromException(HANDLER, HANDLER_PSTATE);
            assertCall(guest.run(), Conduit.SMC, 1);
            guest.engine().returnFromException(before[GeneralRegisters.PC], before[GeneralRegisters.PSTATE]);
            assertCall(guest.run(), Conduit.HVC, 0);
            assertThat(guest.x(4)).as("CurrentEL").isEqualTo(1 << 2);
            assertThat(guest.x(20)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEntryAndAReturnLeaveTheDigestAsItWas(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "add sp, sp, #0x20; nop; svc #0")) {
            guest.snippet.run(1);
            long digest = guest.engine().fullDigest();
            long[] before = guest.registers();
            guest.engine().returnFromException(HANDLER, HANDLER_PSTATE);
            assertThat(guest.engine().fullDigest()).as("in the handler").isNotEqualTo(digest);
            guest.engine().returnFromException(before[GeneralRegisters.PC], before[GeneralRegisters.PSTATE]);
            assertThat(guest.engine().fullDigest()).isEqualTo(digest);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerMayLeaveWithTheOtherStackPointer(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "nop; svc #0")) {
            guest.with(HANDLER, "mov x4, sp; msr spsel, #0; mov x5, sp; hvc #0x25");
            long[] before = guest.registers();
            GeneralRegisters seen = guest.interrupt(HANDLER);
            assertThat(seen.x(4)).isEqualTo(STACK_EL1);
            assertThat(seen.x(5)).isEqualTo(STACK_EL0);
            assertThat(guest.registers()).isEqualTo(before);
        }
    }

    @Test
    void aStackPointerThatTheHandlerMovedStaysMoved() {
        try (HandlerGuest guest = HandlerGuest.at(Place.EL0, "mov x20, sp; svc #0")) {
            guest.with(HANDLER, "sub sp, sp, #0x40; mrs x4, sp_el0; add x4, x4, #8; msr sp_el0, x4; hvc #0x25");
            guest.interrupt(HANDLER);
            guest.snippet.run(1);
            assertThat(guest.registers()[20]).as("SP_EL0").isEqualTo(STACK_EL0 + 8);
            guest.with(OTHER_HANDLER, "mov x4, sp; hvc #0x25");
            assertThat(guest.interrupt(OTHER_HANDLER).x(4)).as("SP_EL1").isEqualTo(STACK_EL1 - 0x40);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStoreExclusiveFailsIfAnEventCameAfterItsLoad(Place place) {
        String program = "ldr x0, data; ldxr x1, [x0]; nop; stxr w2, x0, [x0]; svc #0; .balign 8; data: .quad " + DATA;
        for (int interrupted = 0; interrupted < 2; interrupted++) {
            try (HandlerGuest guest = HandlerGuest.at(place, program)) {
                guest.with(HANDLER, "hvc #0x25");
                guest.snippet.run(3);
                if (interrupted == 1) {
                    guest.interrupt(HANDLER);
                }
                guest.snippet.run(1);
                assertThat(guest.registers()[2]).as("status of STXR").isEqualTo(interrupted);
                assertThat(guest.snippet.read64(DATA)).isEqualTo(interrupted == 1 ? 0 : DATA);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theMonitorIsClearedAtTheEntryAndAtTheReturn(Place place) {
        String program = "ldr x0, data; ldxr x1, [x0]; nop; stxr w2, x0, [x0]; svc #0; .balign 8; data: .quad " + DATA;
        try (HandlerGuest guest = HandlerGuest.at(place, program)) {
            guest.with(
                    HANDLER,
                    "ldr x0, data; stxr w4, x0, [x0]; ldxr x5, [x0]; hvc #0x25; .balign 8; data: .quad " + DATA);
            guest.snippet.run(3);
            assertThat(guest.interrupt(HANDLER).x(4))
                    .as("the handler's STXR pairs with no LDXR of the program")
                    .isEqualTo(1);
            guest.snippet.run(1);
            assertThat(guest.registers()[2])
                    .as("the program's STXR pairs with no LDXR of the handler")
                    .isEqualTo(1);
            assertThat(guest.snippet.read64(DATA)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsAreJudgedByTheLevelTheyAreMadeAt(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "smc #7; nop; svc #0")) {
            guest.with(HANDLER, "smc #8; hvc #9; hvc #0x25");
            long[] before = guest.enter(HANDLER);
            assertCall(guest.snippet.run(), Conduit.SMC, 8);
            assertCall(guest.snippet.run(), Conduit.HVC, 9);
            guest.runHandler();
            guest.leave(before);
            Exit exit = guest.snippet.run();
            if (place.isEl0()) {
                assertThat(((GuestFault) exit).kind())
                        .as("SMC is undefined at EL0")
                        .isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
            } else {
                assertCall(exit, Conduit.SMC, 7);
            }
        }
    }

    private static void assertCall(Exit exit, Conduit conduit, int immediate) {
        HypercallExit call = HypercallExitTest.hypercall(exit);
        assertThat(call.conduit()).isEqualTo(conduit);
        assertThat(call.immediate()).isEqualTo(immediate);
        assertThat(call.exceptionLevel()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aReturnByExceptionIsAnExceptionToTheGuest(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "add sp, sp, #0x20; add x20, x20, #1; svc #0")) {
            guest.with(HANDLER, "mov x0, #0; hvc #0x25");
            guest.with(RESUME, LOOK_AROUND.replace("hvc #0x25", "hvc #0x26; eret"));
            guest.snippet.run(1);
            long[] before = guest.enter(HANDLER);
            guest.runHandler();
            guest.resume(before);
            assertThat(guest.registers()[0]).as("x0 to x17 are the program's").isEqualTo(before[0]);

            GeneralRegisters seen =
                    HypercallExitTest.hypercall(guest.snippet.run()).registers();
            assertThat(seen.pstate()).isEqualTo(HANDLER_PSTATE);
            assertThat(seen.x(4)).as("CurrentEL").isEqualTo(1 << 2);
            assertThat(seen.x(10)).as("ELR_EL1").isEqualTo(PROGRAM + 4);
            assertThat(seen.x(11)).as("SPSR_EL1").isEqualTo(place.pstate);
            guest.snippet.run(1);
            assertThat(guest.pc()).as("where it was interrupted").isEqualTo(PROGRAM + 4);
            assertThat(guest.registers()[GeneralRegisters.PSTATE]).isEqualTo(place.pstate);
            assertThat(guest.registers()[GeneralRegisters.SP]).isEqualTo(place.stack() + 0x20);
            guest.snippet.run();
            assertThat(guest.registers()[20]).as("continues there, once").isEqualTo(before[20] + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerIsInterruptedByAnother(Place place) {
        try (HandlerGuest guest = HandlerGuest.at(place, "nop; svc #0")) {
            guest.with(HANDLER, "mov x4, #4; add sp, sp, #0x10; sub sp, sp, #0x10; hvc #0x25");
            guest.with(OTHER_HANDLER, "mov x4, #5; cmp x4, x4; hvc #0x25");
            long[] program = guest.enter(HANDLER);
            guest.snippet.run(2);
            long[] handler = guest.registers();
            guest.interrupt(OTHER_HANDLER);
            assertThat(guest.registers()).as("the first handler continues").isEqualTo(handler);
            assertThat(guest.runHandler().registers().x(4)).isEqualTo(4);
            guest.leave(program);
            assertThat(guest.registers()).isEqualTo(program);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyBitOfPstateComesBack(Place place) {
        // NZCV, SS, IL, DAIF: the fields of ARMv8.0 besides the exception level (DDI0487, PSTATE).
        long all = 0xf030_03c0L | (place.pstate & 0xf);
        for (long pstate : new long[] {all, all ^ 0xa020_0280L, all ^ 0x5010_0140L, place.pstate & 0xf}) {
            try (HandlerGuest guest = HandlerGuest.at(place, "nop; nop; svc #0")) {
                guest.with(HANDLER, "nop; hvc #0x25");
                guest.engine().returnFromException(PROGRAM, pstate);
                guest.snippet.run(1);
                long[] before = guest.registers();
                assertThat(before[GeneralRegisters.PSTATE])
                        .as("read from the library after an instruction")
                        .isEqualTo(pstate);
                assertThat(guest.interrupt(HANDLER).pstate()).isEqualTo(HANDLER_PSTATE);
                guest.snippet.run(1);
                assertThat(guest.registers()[GeneralRegisters.PSTATE]).isEqualTo(pstate);
            }
        }
    }

    @Test
    void dataIsReadInTheByteOrderOfItsLevel() {
        String load = "ldr x0, data; ldr x20, [x0]; svc #0; .balign 8; data: .quad " + DATA;
        try (HandlerGuest guest = HandlerGuest.at(Place.EL0, "svc #0; " + load)) {
            guest.with(HANDLER, "mrs x4, sctlr_el1; orr x4, x4, #0x1000000; msr sctlr_el1, x4; hvc #0x25");
            guest.with(OTHER_HANDLER, "ldr x4, data; ldr x5, [x4]; hvc #0x25; .balign 8; data: .quad " + DATA);
            guest.snippet.write64(DATA, 0x0102_0304_0506_0708L);
            guest.snippet.write64(PROGRAM + 16, Long.reverseBytes(DATA));
            guest.interrupt(HANDLER);
            guest.snippet.run();
            guest.snippet.run(2);
            assertThat(guest.registers()[20]).as("big-endian at EL0").isEqualTo(0x0807_0605_0403_0201L);
            assertThat(guest.interrupt(OTHER_HANDLER).x(5))
                    .as("little-endian at EL1")
                    .isEqualTo(0x0102_0304_0506_0708L);
        }
    }

    @Test
    void aTagThatTheGuestLetsBeIgnoredIsDroppedFromAnAddress() {
        try (HandlerGuest guest = HandlerGuest.at(Place.EL1H, "mov x0, #1; lsl x0, x0, #37; msr tcr_el1, x0; svc #0")) {
            guest.engine().returnFromException(HANDLER | (0x5aL << 56), HANDLER_PSTATE);
            assertThat(guest.pc()).as("TCR_EL1.TBI0 is 0").isEqualTo(HANDLER | (0x5aL << 56));
            guest.engine().returnFromException(PROGRAM, Place.EL1H.pstate);
            guest.snippet.run(3);
            guest.engine().returnFromException(HANDLER | (0x5aL << 56), HANDLER_PSTATE);
            assertThat(guest.pc()).as("TCR_EL1.TBI0 is 1").isEqualTo(HANDLER);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 9, 0xd, 0x10, 0x1f})
    void aReturnToWhatNoGuestIsAtIsRefused(long pstate) {
        try (HandlerGuest guest = HandlerGuest.at(Place.EL1H, "nop")) {
            long[] before = guest.registers();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> guest.engine().returnFromException(PROGRAM, pstate))
                    .withMessageContaining("0x" + Long.toHexString(pstate));
            assertThat(guest.registers()).isEqualTo(before);
        }
    }

    @Test
    void anAarch32CpuHasNoHandlers() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32("nop"))) {
            assertThatThrownBy(() -> guest.engine().returnFromException(HANDLER, HANDLER_PSTATE))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("AArch32")
                    .hasMessageContaining("leave SDEI out");
            assertThatThrownBy(() -> guest.engine().returnFromException(PROGRAM, 0))
                    .isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> guest.engine().takeException(new ExceptionEntry.At(RESUME)))
                    .isInstanceOf(EngineException.class);
        }
    }

    @Test
    void anAarch32ProgramAtEl0IsNotInterrupted() {
        try (HandlerGuest guest = HandlerGuest.atAarch32El0()) {
            long[] before = guest.registers();
            assertThatThrownBy(() -> guest.engine().returnFromException(HANDLER, HANDLER_PSTATE))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("AArch32 state");
            assertThat(guest.registers()).as("nothing has changed").isEqualTo(before);
        }
    }
}

package dev.trapline.unicorn;

import static dev.trapline.unicorn.HandlerGuest.HANDLER;
import static dev.trapline.unicorn.HandlerGuest.OTHER_HANDLER;
import static dev.trapline.unicorn.HandlerGuest.RESUME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.unicorn.HandlerGuest.Place;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A program that computes in all of x0 to x30, SP, NZCV and v0 to v31, while events interrupt it: it must end as it
/// does without events.
class HandlerChecksumTest {

    private static final List<CpuModel> MODELS = List.of(CpuModel.values());
    private static final int ROUNDS = 3;
    /// This many instructions, or a few more.
    private static final int INSTRUCTIONS = 290;
    /// The number of instructions between the positions that are tested with separate guests.
    private static final int STRIDE = 3;

    /// Writes x0 to x17, NZCV and DAIF, and neither SP nor SIMD registers.
    private static final String TRASH = trash() + "adds x0, x0, x0; msr daifclr, #0xf; hvc #0x25";

    /// Like a guest's interrupt handler: saves its registers where it may, and returns.
    private static final String RETURN = "msr tpidr_el1, x0; mov x0, #3; cmp x0, #5; mrs x0, tpidr_el1; eret";

    private static String trash() {
        StringBuilder source = new StringBuilder();
        for (int n = 0; n <= 17; n++) {
            source.append("mov x").append(n).append(", #").append(0xdead - n).append(';');
        }
        return source.toString();
    }

    private static String checksum() {
        StringBuilder source = new StringBuilder();
        for (int n = 0; n <= 30; n++) {
            source.append("mov x%d, #%d; movk x%d, #%d, lsl #48;".formatted(n, 0x803 * n + 7, n, 0xffff - 77 * n));
            source.append("dup v%d.2d, x%d;".formatted(n, n));
        }
        source.append("dup v31.2d, x3; mov x28, #").append(ROUNDS).append("; again: cmn x28, x0;");
        for (int n = 0; n < 28; n++) {
            int other = (n + 11) % 28;
            source.append(
                    switch (n % 4) {
                        case 0 -> "adcs x%d, x%d, x%d;".formatted(n, n, other);
                        case 1 -> "eor x%d, x%d, x%d, ror #13;".formatted(n, n, other);
                        case 2 -> "csinc x%d, x%d, x%d, pl;".formatted(n, n, other);
                        default -> "sbcs x%d, x%d, x%d;".formatted(n, other, n);
                    });
        }
        source.append("mov x9, sp; eor x10, x10, x9; add sp, x9, #0x30; add x29, x29, x3, lsl #7; sub x30, x30, x29;");
        for (int n = 0; n < 32; n++) {
            source.append("add v%d.2d, v%d.2d, v%d.2d;".formatted(n, n, (n + 1) % 32));
        }
        source.append("umov x11, v31.d[1]; ins v7.d[0], x12; b over; .inst 0; over: subs x28, x28, #1; b.ne again;");
        return source.append("svc #0").toString();
    }

    private static HandlerGuest guest(CpuModel model, Place place) {
        return new HandlerGuest(Snippet.engines(), model, place, checksum())
                .with(HANDLER, TRASH)
                .with(OTHER_HANDLER, TRASH)
                .with(RESUME, RETURN);
    }

    /// How the program ends: its general registers, and a digest of all others.
    private record Result(GeneralRegisters registers, long digest) {
        static Result of(HandlerGuest guest, Exit exit) {
            assertThat(exit).isInstanceOf(GuestFault.class);
            assertThat(((GuestFault) exit).kind()).isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            return new Result(
                    GeneralRegisters.copyOf(guest.registers()), guest.engine().fullDigest());
        }

        void assertEquals(Result expected) {
            assertThat(registers).as("x0 to x30, SP, PC, PSTATE").isEqualTo(expected.registers);
            assertThat(digest).as("SIMD and system registers").isEqualTo(expected.digest);
        }
    }

    private static Result uninterrupted(CpuModel model, Place place) {
        try (HandlerGuest guest = guest(model, place)) {
            return Result.of(guest, guest.snippet.run());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEventAfterEveryInstructionChangesNothing(Place place) {
        for (CpuModel model : MODELS) {
            try (HandlerGuest guest = guest(model, place)) {
                int events = 0;
                Exit exit = guest.snippet.run(1);
                while (exit instanceof Exit.BudgetUsed) {
                    guest.interrupt(HANDLER);
                    events++;
                    exit = guest.snippet.run(1);
                }
                assertThat(events).as("one for each instruction but the last").isGreaterThan(INSTRUCTIONS);
                Result.of(guest, exit).assertEquals(uninterrupted(model, place));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneEventAtAnyPositionChangesNothing(Place place) {
        Result expected = uninterrupted(CpuModel.CORTEX_A57, place);
        int events = 0;
        for (boolean ended = false; !ended; events++) {
            try (HandlerGuest guest = guest(CpuModel.CORTEX_A57, place)) {
                ended = !(guest.snippet.run(1 + STRIDE * events) instanceof Exit.BudgetUsed);
                if (!ended) {
                    guest.interrupt(HANDLER);
                    Result.of(guest, guest.snippet.run()).assertEquals(expected);
                }
            }
        }
        assertThat(events).isGreaterThan(INSTRUCTIONS / STRIDE);
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionAfterEveryInstructionChangesNoRegisterOfTheProgram(Place place) {
        Result expected = uninterrupted(CpuModel.CORTEX_A57, place);
        try (HandlerGuest guest = guest(CpuModel.CORTEX_A57, place)) {
            Exit exit = guest.snippet.run(1);
            while (exit instanceof Exit.BudgetUsed) {
                long[] interrupted = guest.enter(HANDLER);
                guest.runHandler();
                guest.resume(interrupted);
                assertThat(guest.snippet.run(5)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                assertThat(guest.registers()).as("after the guest's ERET").isEqualTo(interrupted);
                exit = guest.snippet.run(1);
            }
            assertThat(Result.of(guest, exit).registers).isEqualTo(expected.registers);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711, 815, 0x5dee_1234L, -1, Long.MIN_VALUE, 987_654_321})
    void eventsAtRandomPositionsChangeNothing(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (Place place : Place.values()) {
            CpuModel model = MODELS.get(random.nextInt(MODELS.size()));
            try (HandlerGuest guest = guest(model, place)) {
                Exit exit = Exit.BudgetUsed.INSTANCE;
                while (exit instanceof Exit.BudgetUsed) {
                    interrupt(guest, random, 0);
                    exit = guest.snippet.run(1 + random.nextInt(20));
                }
                Result.of(guest, exit).assertEquals(uninterrupted(model, place));
            }
        }
    }

    /// An event whose handler may be interrupted by others, as often as two levels deep.
    private static void interrupt(HandlerGuest guest, RandomGenerator random, int depth) {
        long[] interrupted = guest.enter(depth == 0 ? HANDLER : OTHER_HANDLER);
        if (depth < 2 && random.nextBoolean()) {
            guest.snippet.run(1 + random.nextInt(18));
            interrupt(guest, random, depth + 1);
        }
        guest.runHandler();
        guest.leave(interrupted);
    }
}

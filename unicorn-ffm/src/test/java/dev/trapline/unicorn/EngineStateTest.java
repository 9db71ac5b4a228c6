package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The saved state of an engine, loaded into a new one.
class EngineStateTest {

    @Test
    void anotherEngineContinuesWhereThisOneWas() {
        try (Snippet guest = Snippet.a64("loop: add x1, x1, #3; fmov d7, x1; msr tpidr_el1, x1; b loop")) {
            guest.run(1_003);
            int other = guest.open();
            guest.engine(other).load(guest.engine().save());
            assertThat(guest.registers(other)).as("general registers").isEqualTo(guest.registers());
            assertThat(guest.engine(other).fullDigest())
                    .as("SIMD and system registers too")
                    .isEqualTo(guest.engine().fullDigest());
            guest.engine().run(777, 5, 0);
            guest.engine(other).run(777, 5, 0);
            assertThat(guest.engine(other).fullDigest())
                    .as("777 instructions later")
                    .isEqualTo(guest.engine().fullDigest());
        }
    }

    @Test
    void theExclusiveMonitorGoesAlong() {
        // ldxr | stxr: cut between the two.
        String code = "mov x9, #0x40080000; ldxr x1, [x9]; add x1, x1, #1; stxr w2, x1, [x9]; hvc #0";
        try (Snippet guest = Snippet.a64(code)) {
            guest.run(2);
            int other = guest.open();
            guest.engine(other).load(guest.engine().save());
            guest.engine(other).run(100, 0, 0);
            assertThat(guest.registers(other)[2])
                    .as("STXR succeeds: its LDXR was before the state was saved")
                    .isZero();
            assertThat(guest.read64(0x4008_0000L)).isEqualTo(1);
        }
    }

    @Test
    void timersAndTheCycleCounterGoAlong() {
        String code = "mov x0, #500; msr cntv_cval_el0, x0; mov x0, #1; msr cntv_ctl_el0, x0;"
                + " msr pmcr_el0, x0; movz x0, #0x8000, lsl #16; msr pmcntenset_el0, x0; mrs x1, pmccntr_el0; wfi";
        try (Snippet guest = Snippet.a64(code)) {
            guest.run(7);
            int other = guest.open();
            guest.engine(other).load(guest.engine().save());
            assertThat(guest.engine(other).deadline(CpuTimer.VIRTUAL))
                    .as("the compare value that was written")
                    .isEqualTo(500);
            assertThat(guest.engine(other).run(100, 10_000, 0)).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            guest.engine().run(100, 10_000, 0);
            assertThat(guest.registers(other)[1])
                    .as("cycles since the counter was enabled, by the seventh instruction")
                    .isEqualTo(guest.x(1))
                    .isEqualTo(10_000 - 6);
        }
    }

    /// The same guest on one engine, and continued on another engine some milliseconds of the host's time later.
    @Test
    void aPlaceReachedByTwoWaysGivesTheSameBytes() throws InterruptedException {
        // An exception return, which reads the host's clock, and exclusive loads and stores, which have a hidden state.
        String code = "mov x9, #0x40080000; adr x5, next; msr elr_el1, x5; mov x6, #0x3c5; msr spsr_el1, x6; eret;"
                + " next: add x1, x1, #3; fmov d7, x1; ldxr x2, [x9]; stxr w4, x1, [x9]; msr spsel, #0; msr spsel, #1;"
                + " b next";
        byte[] aarch32 = words(
                0xe3a0_00d3, // mov r0, #0xd3
                0xe380_0c01, // orr r0, r0, #0x100
                0xe16f_f000, // msr spsr_fsxc, r0
                0xe24f_e004, // sub lr, pc, #4
                0xe281_1001, // add r1, r1, #1
                0xe1b0_f00e); // movs pc, lr
        assertSameBytes(() -> Snippet.a64(code));
        assertSameBytes(() -> Snippet.aarch32(Snippet.engines(), aarch32));
    }

    /// The number of starts of the library in a slice depends on the code that it has translated: the saved state
    /// does not show it.
    @Test
    void anAarch32PlaceReachedByTwoWaysGivesTheSameBytesWhereASliceTakesSeveralStarts() throws InterruptedException {
        byte[] failedConditions = words(
                0xe344_800f, // movt r8, #0x400f
                0xe320_f000, // nop
                0xbe0e_ffd6, // mcrlt p15, 0, pc, c14, c6, 6: its condition fails
                0xe281_1001, // add r1, r1, #1
                0xeaff_fffb); // b mcrlt - 4
        assertSameBytes(() -> Snippet.aarch32(Snippet.engines(), failedConditions));
    }

    @Test
    void registersAreSeenWithWhatIsPendingAndKeepTheirValues() {
        try (Snippet guest = Snippet.a64("mov x1, #7; nop; nop; nop")) {
            guest.run(2);
            assertPendingIsSeen(guest, 0x1_0000_0005L);
        }
        // mov r1, #7; nop
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), words(0xe3a0_1007, 0xe320_f000, 0xe320_f000))) {
            guest.run(2);
            assertPendingIsSeen(guest, 5);
        }
    }

    private static void assertPendingIsSeen(Snippet guest, long seen) {
        Bytes before = guest.engine().save();
        long[] found = new long[GeneralRegisters.COUNT];
        guest.engine().readRegisters(found, RegisterWrites.fromX0(0x1_0000_0005L));
        assertThat(found[0]).as("the pending result, in the CPU's width").isEqualTo(seen);
        assertThat(found[1]).as("a register without a pending write").isEqualTo(7);
        assertThat(guest.engine().save()).as("the CPU, after it was read").isEqualTo(before);
        assertThat(guest.registers()[0]).as("x0 is not written").isZero();
    }

    private static void assertSameBytes(Supplier<Snippet> guests) throws InterruptedException {
        Bytes straight;
        try (Snippet guest = guests.get()) {
            guest.run(300);
            guest.run(301);
            straight = guest.engine().save();
        }
        try (Snippet guest = guests.get()) {
            guest.run(300);
            // SLEEP: the host's time must advance, to show that it is not saved.
            Thread.sleep(20);
            int other = guest.open();
            guest.engine(other).load(guest.engine().save());
            guest.engine(other).run(301, 0, 0);
            assertThat(guest.engine(other).save())
                    .as("two slices on one engine, and on two")
                    .isEqualTo(straight);
        }
    }

    private static byte[] words(int... words) {
        byte[] code = new byte[words.length * Integer.BYTES];
        ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(words);
        return code;
    }

    @Test
    void whatIsNoStateOfThisLibraryIsRefused() {
        try (Snippet guest = Snippet.a64("nop; nop")) {
            guest.run(1);
            byte[] state = guest.engine().save().toArray();
            int other = guest.open();
            assertThatThrownBy(() -> guest.engine(other).load(Bytes.copyOf(Arrays.copyOf(state, 100))))
                    .as("too short")
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("another build");
            byte[] changed = state.clone();
            // After the length of the image, which takes two bytes.
            changed[2] ^= 1;
            assertThatThrownBy(() -> guest.engine(other).load(Bytes.copyOf(changed)))
                    .as("an image that contains another size")
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("another build");
        }
    }
}

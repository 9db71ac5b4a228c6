package dev.trapline.vcpu;

import static dev.trapline.vcpu.InterruptedGuests.OFF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.testkit.Assembler;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An SError that is raised from outside (DDI0487 D1.10 and D1.13; DDI0406 B1.9.10).
@Tag("native")
class SErrorTest {

    private static final int SYNDROME = 0x100_0041;
    private static final long RAISED = 50_000;

    /// Each vector from the current level with SPx and from EL0 in AArch64 and AArch32 prints its offset: `a` for
    /// the first, with 0x80 for each letter. Then ESR_EL1 in hexadecimal digits.
    private static final String VECTORS = "b start\n.balign 2048\nvectors:\n"
            + "mov x4, #%d; b report; .balign 128\n"
                    .repeat(16)
                    .formatted(97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112)
            + """
            report:
                movz x9, #0x0900, lsl #16
                str w4, [x9]
                mrs x5, esr_el1
                mov x6, #8
            digit:
                lsr w7, w5, #28
                lsl w5, w5, #4
                add w8, w7, #0x30
                add w10, w7, #0x57
                cmp w7, #10
                csel w8, w8, w10, lo
                str w8, [x9]
                sub x6, x6, #1
                cbnz x6, digit
            """ + OFF + """
            start:
                adr x1, vectors
                msr vbar_el1, x1
                movz x9, #0x0900, lsl #16
            """;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static MachineSpec virt(Width width) {
        MachineSpec spec = Specs.withVcpus(1).limit(1_000_000).spec();
        return spec.with(spec.board().withKind(BoardKind.VIRT)).with(spec.cpus().withWidth(width));
    }

    private static List<PlannedInjection> raised(int syndrome) {
        return List.of(new PlannedInjection(new Injection.SError(VcpuId.BOOT, syndrome), new Moment.AtTime(RAISED)));
    }

    private Finished run(String source, int syndrome) {
        Path recording = directory.resolve("rec");
        Finished recorded =
                RUNS.record(virt(Width.AARCH64), InterruptedGuests.guest(source), raised(syndrome), recording);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
        return recorded;
    }

    /// Vectors 4 to 7 are of the current level with its own stack pointer, 8 to 11 of EL0; the last of four is that
    /// of SError. The class of SError is 0x2f, and IL is one.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "at EL1      | msr daifclr, #4 | h",
                "at EL0      | adr x0, wait; msr elr_el1, x0; mov x0, #0; msr spsr_el1, x0; eret | l",
            })
    void itIsTakenAtOnceWithItsSyndromeIfItIsNotMasked(String name, String setup, String vector) {
        Finished finished = run(VECTORS + setup + "\nwait: nop; b wait\n", SYNDROME);
        assertThat(finished.console()).isEqualTo(vector + "bf000041");
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(finished.report().progress().virtualTime()).isBetween(RAISED, RAISED + 1_000);
    }

    /// The guest counts to 0x18000 with SErrors masked, prints ISR_EL1 >> 8 as a digit, and then unmasks them.
    @Test
    void whileItIsMaskedItStaysPending() {
        Finished finished = run(VECTORS + """
                movz x8, #0xc000
            counts:
                sub x8, x8, #1
                cbnz x8, counts
                mrs x8, isr_el1
                lsr x8, x8, #8
                add w8, w8, #0x30
                str w8, [x9]
                msr daifclr, #4
                mov w8, #0x21
                str w8, [x9]
                b .
            """, 0);
        assertThat(finished.console())
                .as("pending; and taken before the next instruction")
                .isEqualTo("1hbe000000");
    }

    @Test
    void itEndsAWaitAlsoWhileItIsMasked() {
        Finished finished = run("movz x9, #0x0900, lsl #16; wfi; mov w8, #0x21; str w8, [x9]\n" + OFF, 0);
        assertThat(finished.console()).isEqualTo("!");
        assertThat(finished.report().progress().virtualTime()).isBetween(RAISED, RAISED + 1_000);
    }

    /// CPU_SUSPEND to core-power-down: the vCPU is woken, and unmasks SErrors where it resumes.
    @Test
    void itIsLostWithTheVcpusPower() {
        Finished finished = run(VECTORS + """
                movz x0, #1
                movk x0, #0xc400, lsl #16
                movz x1, #2
                movk x1, #1, lsl #16
                adr x2, resumed
                hvc #0
            resumed:
                movz x9, #0x0900, lsl #16
                msr daifclr, #4
                mov w8, #0x21
                str w8, [x9]
            """ + OFF, 0);
        assertThat(finished.console()).isEqualTo("!");
    }

    /// Abort mode is entered at the vector 0x10; DFSR is 0x406, an asynchronous external abort (DDI0406 B3.13.3),
    /// and CPSR.A is set.
    @Test
    void onAarch32ItIsAnAsynchronousAbort() {
        Image guest = Assembler.image("assembled.bin", ExecutionState.A32, """
                b start
                b wrong
                b wrong
                b wrong
                b abort
                b wrong
                b wrong
                b wrong
            start:
                movw r0, #0
                movt r0, #0x4008
                mcr p15, 0, r0, c12, c0, 0
                cpsie a
            wait:
                nop
                b wait
            abort:
                movw r9, #0
                movt r9, #0x0900
                mrc p15, 0, r4, c5, c0, 0
                movw r5, #0x406
                cmp r4, r5
                moveq r6, #0x79
                movne r6, #0x6e
                str r6, [r9]
                mrs r4, cpsr
                and r4, r4, #0x100
                lsr r4, r4, #3
                add r4, r4, #0x21
                str r4, [r9]
            wrong:
                movw r0, #8
                movt r0, #0x8400
                .inst 0xe1400070
            """);
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(Width.AARCH32), guest, raised(0), recording);
        assertThat(recorded.console()).isEqualTo("yA");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void aReplayFromACheckpointHasItPendingToo() {
        Path recording = directory.resolve("rec");
        String source = VECTORS + """
                movz x8, #0xc000
            counts:
                sub x8, x8, #1
                cbnz x8, counts
                msr daifclr, #4
                b .
            """;
        Finished recorded =
                RUNS.record(virt(Width.AARCH64), InterruptedGuests.guest(source), raised(SYNDROME), recording);
        MachineRuns.assertRepeatsFromCheckpoints(RUNS.playback(recording, (_, _) -> {}), recorded, 1);
    }

    @Test
    void theBareBoardTakesNone() {
        MachineSpec bare = Specs.withVcpus(1).limit(1_000_000).spec();
        assertThatThrownBy(() -> RUNS.record(bare, InterruptedGuests.guest("b ."), raised(0), directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("the CPUs of the board 'bare' take no SErrors; use the board 'virt'");
    }
}

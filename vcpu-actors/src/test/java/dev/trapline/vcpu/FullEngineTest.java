package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.testkit.Assembler;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Guests with more translated code than an engine has room for: 1 GiB of translated code is 0.2 to 15 million
/// instructions. Each guest runs in its own process, because a full engine used to end the process.
@Tag("native")
class FullEngineTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    /// Reads 64 bytes one by one, nine times: no other code needs more room.
    private static final String HEAVY = "ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x1]\n".repeat(9);

    private static final long RAM = (FULL ? 96L : 32L) << 20;

    private static final String OFF = """
        movz x0, #8
        movk x0, #0x8400, lsl #16
        hvc #0
        """;

    /// The guests, and their machines.
    enum Guest {
        /// The running cache line is invalidated repeatedly.
        MAINTENANCE(ExecutionState.A64, 1, 20_000, """
            movz x10, #153, lsl #16
            adr x12, again
            again:
            ic ivau, x12
            dsb ish
            isb
            subs x10, x10, #1
            b.ne again
            """ + OFF),
        /// An instruction of the running page is written and executed, without maintenance.
        REWRITTEN(ExecutionState.A64, 1, 20_000, rewritten()),
        /// The same in slices that are longer than the time to fill an engine.
        REWRITTEN_IN_LONG_SLICES(ExecutionState.A64, 1, 10_000_000, rewritten()),
        /// The same on four CPUs that rewrite each other's code.
        REWRITTEN_BY_ALL(ExecutionState.A64, 4, 2_000, """
            start:
            mov x19, #1
            next:
            movz x0, #3
            movk x0, #0xc400, lsl #16
            mov x1, x19
            adr x2, work
            mov x3, #0
            hvc #0
            add x19, x19, #1
            cmp x19, #4
            b.ne next
            work:
            """ + rewritten()),
        /// The written instruction is in a block of code that crosses a page boundary.
        REWRITTEN_ACROSS_PAGES(ExecutionState.A64, 1, 20_000, """
            mov x10, #21000
            movz x1, #0x4100, lsl #16
            adr x12, last
            ldr x13, [x12]
            b again
            .balign 4096
            .space 4064
            again:
            str x13, [x12]
            b last
            last:
            nop
            nop
            """ + HEAVY + """
            subs x10, x10, #1
            b.ne again
            """ + OFF),
        /// A megabyte of RAM is repeatedly filled with new code and executed; 64 MiB with `-Pfull`.
        GROWING(ExecutionState.A64, 1, 20_000, """
            mov x20, #%d
            movz x1, #0x40f0, lsl #16
            ldr w21, first
            fill:
            movz x22, #0x4100, lsl #16
            movz x23, #0x%x, lsl #16
            orr x24, x21, x21, lsl #32
            more:
            str x24, [x22], #8
            cmp x22, x23
            b.lo more
            ldr w24, last
            str w24, [x22]
            movz x22, #0x4100, lsl #16
            blr x22
            eor w21, w21, #1
            subs x20, x20, #1
            b.ne fill
            """.formatted(FULL ? 2 : 5, FULL ? 0x4500 : 0x4110) + OFF + """
            first: ld1 {v0.16b, v1.16b, v2.16b, v3.16b}, [x1]
            last: ret
            """),
        REWRITTEN_A32(ExecutionState.A32, 1, 20_000, rewrittenAarch32(".long 0xe1400070")),
        REWRITTEN_T32(ExecutionState.T32, 1, 20_000, rewrittenAarch32("hvc #0"));

        final ExecutionState state;
        final int vcpus;
        final long slice;
        final String source;

        Guest(ExecutionState state, int vcpus, long slice, String source) {
            this.state = state;
            this.vcpus = vcpus;
            this.slice = slice;
            this.source = source;
        }

        private static String rewritten() {
            return """
                mov x10, #21000
                movz x1, #0x4100, lsl #16
                adr x12, target
                ldr w13, [x12]
                again:
                str w13, [x12]
                b target
                target:
                nop
                """ + HEAVY + """
                subs x10, x10, #1
                b.ne again
                """ + OFF;
        }

        private static String rewrittenAarch32(String hvc) {
            return """
                movw r10, #34000
                movw r11, #0
                movt r11, #0x4100
                adr r9, target
                ldr r8, [r9]
                again:
                str r8, [r9]
                b target
                .balign 4
                target:
                nop
                nop
                """ + "ldm r11, {r0, r1, r2, r3, r4, r5, r6, r7}\n".repeat(44) + """
                subs r10, r10, #1
                bne again
                movw r0, #8
                movt r0, #0x8400
                """ + hvc;
        }
    }

    @TempDir
    private Path directory;

    /// Some guests; with `-Pfull` all guests with both libraries. Each takes several seconds, with `-Pfull` up to
    /// some minutes.
    static Stream<Arguments> guests() {
        return FULL
                ? Stream.of(Guest.values()).flatMap(guest -> Stream.of(arguments(guest, false), arguments(guest, true)))
                : Stream.of(
                        arguments(Guest.REWRITTEN, false),
                        arguments(Guest.GROWING, true),
                        arguments(Guest.REWRITTEN_T32, false));
    }

    /// @param bundled whether it uses the library in the Maven artefact
    @ParameterizedTest
    @MethodSource("guests")
    void theProcessOutlivesIt(Guest guest, boolean bundled) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dtrapline.full=" + FULL,
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullEngineTest.class.getName(),
                        guest.name(),
                        Boolean.toString(bundled),
                        directory.resolve("rec").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).as(said).isZero();
        assertThat(said).as("recorded and replayed").contains("as recorded");
    }

    /// The child process.
    public static void main(String[] arguments) {
        Guest guest = Guest.valueOf(arguments[0]);
        Path recording = Path.of(arguments[2]);
        try (MachineRuns runs = Boolean.parseBoolean(arguments[1]) ? MachineRuns.bundled() : new MachineRuns()) {
            Finished recorded = runs.record(
                    spec(guest), Assembler.image("assembled.bin", guest.state, guest.source), "", recording);
            assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
            MachineRuns.assertEqual(runs.replay(recording), recorded, guest.name());
            System.out.println("as recorded");
        }
    }

    private static MachineSpec spec(Guest guest) {
        return MachineSpec.DEFAULT
                .with(new CpuSpec(
                        guest.vcpus,
                        16,
                        CpuModel.CORTEX_A72,
                        guest.state == ExecutionState.A64 ? Width.AARCH64 : Width.AARCH32))
                .with(BoardSpec.DEFAULT.withRam(RAM))
                .with(ScheduleSpec.DEFAULT.withQuantum(guest.slice))
                .with(RunSpec.DEFAULT.withRamDigestInterval(1L << 40));
    }
}

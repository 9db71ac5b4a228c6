package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.testkit.Assembler;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// After a reset, a guest finds a device tree without the pages of PV time, and PV_TIME_ST returns an address in those
/// pages, whatever the guest did to both before the reset.
@Tag("native")
class SharedPagesResetTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();
    /// The address at which the guest stores its results and its progress.
    private static final long FOUND = 0x400c_0000L;

    private static final int ATTRIBUTE_BYTES = 8;

    private static final String COLD = """
        mvn x4, xzr
        mov x5, #512
        scribble:
        str x4, [x19], #8
        subs x5, x5, #1
        b.ne scribble
        str x4, [x20]
        str x4, [x20, #8]
        movz x0, #9
        movk x0, #0x8400, lsl #16
        """;

    private static final String WARM = """
        mvn x4, xzr
        str x4, [x20]
        str x4, [x20, #8]
        movz x0, #0x12
        movk x0, #0xc400, lsl #16
        mov x1, #0
        mov x2, #0
        """;

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} MiB, base {1}, tree given: {2}, warm: {3}")
    @CsvSource({
        "1, auto, false, false",
        "2, auto, false, true",
        "128, auto, false, false",
        "128, auto, false, true",
        "128, auto, true, false",
        "128, auto, true, true",
        "128, 0x4400_0fc0, false, false",
        "128, 0x4400_0fc0, true, true",
        "3072, auto, false, false",
        "4096, auto, true, false",
    })
    void afterAResetTheTreeStillLeavesOutWhatPvTimeHandsOut(long megabytes, String base, boolean given, boolean warm) {
        MachineSpec plain = Specs.withVcpus(1).ram(megabytes << 20).spec();
        MachineSpec spec = plain.with(plain.board().withDeviceTree(true))
                .with(plain.firmware().withSetting("pv-time.base", base));
        Image guest = guest(warm);
        Image tree = new Image(Image.Kind.DEVICE_TREE, "mine.dtb", 0, generated(guest, spec));
        Finished run = RUNS.record(spec, given ? List.of(guest, tree) : List.of(guest), directory.resolve("rec"));
        assertThat(run.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());

        try (Playback playback = RUNS.playback(directory.resolve("rec"), (_, _) -> {})) {
            playback.playTo(Long.MAX_VALUE);
            GuestMemory memory = playback.memory();
            assertThat(word(memory, FOUND + 24) != 0)
                    .as("only a warm reset leaves memory as it was")
                    .isEqualTo(warm);
            Bytes found = memory.read(word(memory, FOUND), tree.content().size());
            assertThat(found).as("the tree to which x0 points").isEqualTo(tree.content());
            long shared = word(memory, FOUND + 8);
            long end = 0x4000_0000L + (megabytes << 20);
            assertThat(shared)
                    .as("the structure of vCPU 0")
                    .isEqualTo(base.equals("auto") ? end - 4096 : Long.decode(base.replace("_", "")));
            assertThat(memory.read(shared, ATTRIBUTE_BYTES))
                    .as("revision and attributes, written again")
                    .isEqualTo(Bytes.copyOf(new byte[ATTRIBUTE_BYTES]));
            assertThat(word(memory, FOUND + 16)).as("stolen time begins at 0").isZero();
            Image read = new Image(Image.Kind.DEVICE_TREE, "found.dtb", 0, found);
            assertThat(BootPlan.of(List.of(guest, read), spec, Specs.content(spec))
                            .warnings())
                    .as("the tree's free memory does not contain it")
                    .isEmpty();
        }
    }

    /// Until two milliseconds of virtual time have passed, the guest calls PV_TIME_ST, overwrites the tree (unless
    /// the reset keeps memory), and resets the machine. Then it calls PV_TIME_ST again, and stores the result.
    private static Image guest(boolean warm) {
        return Assembler.image("assembled.bin", ExecutionState.A64, """
            mov x19, x0
            movz x0, #0x21
            movk x0, #0xc500, lsl #16
            hvc #0
            mov x20, x0
            movz x21, #0x400c, lsl #16
            movz x3, #0x1, lsl #16
            movk x3, #0xe848
            mrs x2, cntvct_el0
            cmp x2, x3
            b.hs again
            wait:
            mrs x2, cntvct_el0
            cmp x2, x3
            b.lo wait
            %s
            str x3, [x21, #24]
            hvc #0
            again:
            str x19, [x21]
            str x20, [x21, #8]
            ldr x1, [x20, #8]
            str x1, [x21, #16]
            movz x0, #8
            movk x0, #0x8400, lsl #16
            hvc #0
            """.formatted(warm ? WARM : COLD));
    }

    private static Bytes generated(Image guest, MachineSpec spec) {
        BootPlan plan = BootPlan.of(List.of(guest), spec, Specs.content(spec));
        return plan.writes().stream()
                .filter(write -> write.address() == plan.deviceTree())
                .map(BootPlan.MemoryWrite::bytes)
                .findFirst()
                .orElseThrow();
    }

    private static long word(GuestMemory memory, long address) {
        return ByteBuffer.wrap(memory.read(address, Long.BYTES).toArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }
}

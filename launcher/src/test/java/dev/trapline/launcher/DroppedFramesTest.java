package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.testkit.Assembler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Network frames that did not reach anybody are in the report of a run.
@Tag("native")
class DroppedFramesTest {

    /// Sends two frames with queue 1 of the network interface (VirtIO 1.2 §4.2.3, §5.1). A frame has a header of 12
    /// bytes.
    ///
    /// BYTES is the number of bytes with the header.
    private static final String SENDER = """
        movz x3, #0x0a00, lsl #16
        movk x3, #0x3c00
        str wzr, [x3, #0x70]
        mov w0, #3
        str w0, [x3, #0x70]
        mov w0, #1
        str w0, [x3, #0x24]
        str w0, [x3, #0x20]
        str wzr, [x3, #0x24]
        str wzr, [x3, #0x20]
        mov w0, #11
        str w0, [x3, #0x70]
        movz x5, #0x400c, lsl #16
        mov w0, #1
        str w0, [x3, #0x30]
        mov w0, #8
        str w0, [x3, #0x38]
        str w5, [x3, #0x80]
        add w0, w5, #0x1000
        str w0, [x3, #0x90]
        add w0, w5, #0x2000
        str w0, [x3, #0xa0]
        mov w0, #1
        str w0, [x3, #0x44]
        mov w0, #15
        str w0, [x3, #0x70]
        movz x7, #0x400d, lsl #16
        str x7, [x5]
        mov w0, #BYTES
        str w0, [x5, #8]
        mov w0, #2
        add x1, x5, #0x1000
        strh w0, [x1, #2]
        mov w0, #1
        str w0, [x3, #0x50]
        movz x0, #8
        movk x0, #0x8400, lsl #16
        hvc #0
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Ended send(int bytes, Path result) throws IOException {
        byte[] code = Assembler.assemble(ExecutionState.A64, SENDER.replace("BYTES", String.valueOf(12 + bytes)), 0);
        Path guest = Files.write(directory.resolve("guest.bin"), code);
        return run(
                "run",
                "--network",
                "loop",
                "--record",
                directory.resolve("recording").toString(),
                "--result",
                result.toString(),
                "--load-address",
                "0x40080000",
                guest.toString());
    }

    @ParameterizedTest
    @CsvSource({"13", "1519"})
    void theirNumberAndTheReasonAreShownAndAreInTheResult(int bytes) throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = send(bytes, result);
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err())
                .contains("trapline: the network dropped 2 frames of the guest, of no valid length or too many at"
                        + " once\n");
        String dropped = "\"droppedFrames\":{\"sent\":2,\"received\":0,\"onTheWay\":0}";
        assertThat(Files.readString(result)).contains(dropped);
        new Schemas().validated(Files.readString(result));

        Path replayed = directory.resolve("replayed.json");
        Ended replay = run("replay", directory.resolve("recording").toString(), "--result", replayed.toString());
        assertThat(replay.status()).as(replay.err()).isZero();
        assertThat(Files.readString(replayed)).as("a replay counts the same").contains(dropped);
    }

    @Test
    void nothingIsSaidIfThereAreNone() throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = send(14, result);
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err()).doesNotContain("dropped");
        assertThat(Files.readString(result)).doesNotContain("droppedFrames");
    }
}

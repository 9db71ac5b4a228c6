package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.testkit.Assembler;
import dev.trapline.testkit.NetworkDriver;
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

    /// Sends the same frame twice. A frame has a header of 12 bytes; BYTES is the number of bytes with the header.
    private static final String SENDER = NetworkDriver.SETUP + """
        mov w0, #BYTES
        str w0, [x8, #8]
        mov w0, #2
        add x1, x8, #0x1000
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

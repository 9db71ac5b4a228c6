package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Json;
import dev.trapline.remote.MachineDriver;
import dev.trapline.remote.MachineProtocol;
import dev.trapline.testkit.Assembler;
import dev.trapline.testkit.NetworkDriver;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two machines of `trapline serve` exchange frames. Each recording is replayed alone, by the command.
@Tag("native")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServedNetworkTest {

    /// The machine with the address 1 asks, the other one answers. A question is a letter from A to E, which is
    /// sent again until the answer arrives: the same letter, small. Both print the letters that they receive.
    ///
    /// w12 counts the frames that were received, w13 those that were sent; w14 is the next letter. The guest polls,
    /// because a machine that waits without others for what never comes ends.
    private static final String TALK = """
            movz x9, #0x0900, lsl #16
            mov w12, #0
            mov w13, #0
            mov w14, #0x41
            ldrb w11, [x3, #0x105]
            cmp w11, #1
            b.ne answer
        ask:
            mov w0, w14
            bl send
            movz x15, #2, lsl #16
        await:
            bl take
            cbz w0, ask
            sub w1, w0, #0x20
            cmp w1, w14
            b.ne await
            str w0, [x9]
            add w14, w14, #1
            cmp w14, #0x46
            b.ne ask
            b off
        answer:
            movz x15, #2, lsl #16
            bl take
            cbz w0, answer
            cmp w0, w14
            b.ne again
            str w0, [x9]
            add w14, w14, #1
        again:
            add w0, w0, #0x20
            bl send
            cmp w14, #0x46
            b.ne answer
        off:
            movz x0, #8
            movk x0, #0x8400, lsl #16
            hvc #0
        // Sends the letter in w0.
        send:
            strb w0, [x10, #26]
            add w13, w13, #1
            add x1, x8, #0x1000
            strh w13, [x1, #2]
            mov w1, #1
            str w1, [x3, #0x50]
            ret
        // Gives the letter of the next frame in w0, or 0 after x15 polls, and gives the buffer back.
        take:
            add x1, x5, #0x2000
        poll:
            ldrh w2, [x1, #2]
            cmp w2, w12
            b.ne arrived
            subs x15, x15, #1
            b.ne poll
            mov w0, #0
            ret
        arrived:
            and w2, w12, #7
            movz x7, #0x400d, lsl #16
            add x7, x7, x2, lsl #11
            ldrb w0, [x7, #26]
            add w12, w12, #1
            add w2, w12, #8
            add x1, x5, #0x1000
            strh w2, [x1, #2]
            str wzr, [x3, #0x50]
            ret
        """;

    private static final Image GUEST = Assembler.image("talk.bin", ExecutionState.A64, NetworkDriver.SETUP + TALK);

    @TempDir
    private Path directory;

    /// What a driver was told of a machine.
    private record Heard(ByteArrayOutputStream console, CompletableFuture<MachineProtocol.Ended> end) {
        String text() {
            return console.toString(StandardCharsets.US_ASCII);
        }
    }

    private static MachineSpec spec(int address) {
        NetworkSpec network = new NetworkSpec(NetworkKind.SWITCH, new MacAddress(0x0200_0000_0000L + address));
        return MachineSpec.DEFAULT
                .with(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withRam(BoardSpec.MIN_RAM)
                        .withNetwork(network))
                .with(RunSpec.DEFAULT.withMaxInstructions(100_000_000_000L));
    }

    private static Heard start(MachineDriver driver, String name, int address) throws Exception {
        assertThat(driver.start(name, spec(address), List.of(GUEST), Bytes.EMPTY, true)
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS))
                .isInstanceOf(MachineProtocol.Started.class);
        Heard heard = new Heard(new ByteArrayOutputStream(), new CompletableFuture<>());
        driver.subscribe(name, event -> {
            switch (event) {
                case MachineProtocol.Printed printed ->
                    heard.console().writeBytes(printed.text().toArray());
                case MachineProtocol.Ended ended -> heard.end().complete(ended);
                default -> heard.end().completeExceptionally(new AssertionError(event.toString()));
            }
        });
        return heard;
    }

    private static String framesOf(Path recording) {
        StringBuilder letters = new StringBuilder();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> {
                if (entry.record() instanceof JournalRecord.Frame(Bytes bytes)) {
                    letters.append((char) bytes.at(14));
                }
            });
        }
        return letters.toString();
    }

    private void assertReplaysAlone(Path recording, Heard recorded) throws Exception {
        Path result = directory.resolve("result.json");
        Files.deleteIfExists(result);
        Ended replay = CommandProcess.run("replay", recording.toString(), "--result", result.toString());
        assertThat(replay.status()).as(replay.err()).isZero();
        assertThat(replay.err()).contains("no divergence");
        assertThat(replay.out()).isEqualTo(recorded.text());
        JsonNode document = new Schemas().validated(Files.readString(result));
        MachineProtocol.Digests digests = recorded.end().join().digests();
        assertThat(document.path("registerDigest").asText())
                .as("registers of every slice")
                .isEqualTo(Json.hex(digests.registers()));
        assertThat(document.path("memoryDigest").asText())
                .as("memory at the end")
                .isEqualTo(Json.hex(digests.memory()));
    }

    @Test
    void twoMachinesOfAServerExchangeFramesAndReplayAlone() throws Exception {
        ServerFiles files = new ServerFiles(directory);
        Process serving = new ProcessBuilder(CommandProcess.command(
                        "serve", "--config", files.configuration().toString()))
                .redirectError(directory.resolve("errors").toFile())
                .start();
        Heard answers;
        Heard asks;
        try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
            String line = String.valueOf(out.readLine());
            String address = line.substring(line.lastIndexOf(' ') + 1);
            try (MachineDriver driver = MachineDriver.connect(files.driver(), address)) {
                answers = start(driver, "answers", 2);
                asks = start(driver, "asks", 1);
                for (Heard machine : List.of(answers, asks)) {
                    assertThat(machine.end().get(120, TimeUnit.SECONDS).outcome())
                            .isEqualTo(new RunOutcome.PoweredOff());
                }
            }
            serving.toHandle().destroy();
            assertThat(serving.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            serving.destroyForcibly();
        }
        assertThat(answers.text()).isEqualTo("ABCDE");
        assertThat(asks.text()).isEqualTo("abcde");
        assertThat(framesOf(files.recordings().resolve("answers")))
                .as("what it received, perhaps some letters twice")
                .matches("A+B+C+D+E+");
        assertThat(framesOf(files.recordings().resolve("asks"))).matches("a+b+c+d+e+");
        assertReplaysAlone(files.recordings().resolve("answers"), answers);
        assertReplaysAlone(files.recordings().resolve("asks"), asks);
    }
}

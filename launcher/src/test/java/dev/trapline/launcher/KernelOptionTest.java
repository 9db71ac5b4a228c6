package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `run --kernel`, `--initrd`, `--append` and `--dump-dtb`.
class KernelOptionTest {

    private static final String TREE = "mine.dtb";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /// A file of the format `Image` (Documentation/arch/arm64/booting.rst) that calls SYSTEM_OFF (DEN0022 §5.9).
    private String kernel() throws IOException {
        byte[] image = ByteBuffer.allocate(0x1000)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x1400_0010) // b     #64
                .putLong(16, 0x1_0000)
                .putInt(56, 0x644d_5241)
                .putInt(64, 0x52b0_8000) // movz w0, #0x8400, lsl #16
                .putInt(68, 0x7280_0100) // movk w0, #8
                .putInt(72, 0xd400_0002) // hvc  #0
                .array();
        return Files.write(directory.resolve("Image"), image).toString();
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void aKernelStartsWithItsInitrdAndIsRecordedWithIt() throws IOException {
        Files.writeString(Path.of(file("disk.gz")), "a disk");
        Ended ended = run(
                "run",
                "--kernel",
                kernel(),
                "--initrd",
                file("disk.gz"),
                "--append",
                "console=ttyAMA0 quiet",
                "--network",
                "loop",
                "--mac-address",
                "02:00:00:00:00:0A",
                "--record",
                file("rec"));
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.lastLine()).contains("powered-off");
        Ended info = run("journal", "info", file("rec"), "--format", "json");
        JsonNode facts = new ObjectMapper().readTree(info.out());
        assertThat(facts.path("images").findValuesAsText("image")).containsExactly("Image", "disk.gz");
        assertThat(facts.path("board").asText()).isEqualTo("virt");
        assertThat(facts.path("network").path("kind").asText()).isEqualTo("loop");
        assertThat(facts.path("network").path("macAddress").asText()).isEqualTo("02:00:00:00:00:0a");
        assertThat(facts.path("devices").findValuesAsText("device")).contains("virtio-net");
        assertThat(run("replay", file("rec")).status()).isZero();
        assertThat(run("who-wrote", file("rec"), "0x40200000", "4").out()).contains("'Image'");
        assertThat(run("who-wrote", file("rec"), "0x40210000", "6").out()).contains("'disk.gz'");
    }

    @Test
    void aCompressedKernelIsRefusedWithTheCommandThatDecompressesIt() throws IOException {
        Files.write(Path.of(file("vmlinuz")), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        Ended ended = run("run", "--kernel", file("vmlinuz"));
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains("vmlinuz", "gunzip -c");
    }

    @Test
    void theTreeThatAGuestWouldGetIsWrittenAndNeverOverAFile() throws IOException {
        String[] command = {
            "run", "--device-tree", "true", "--append", "quiet", "--dump-dtb", file(TREE), guest("exit-42")
        };
        Ended ended = run(command);
        assertThat(ended.status()).as("nothing runs: %s", ended.err()).isZero();
        byte[] tree = Files.readAllBytes(Path.of(file(TREE)));
        assertThat(ByteBuffer.wrap(tree).getInt()).isEqualTo(0xd00dfeed);
        assertThat(new String(tree, StandardCharsets.ISO_8859_1)).contains("bootargs", "quiet\0");
        Files.write(Path.of(file(TREE)), Arrays.copyOf(tree, 4));
        Ended again = run(command);
        assertThat(again.status()).isEqualTo(Ending.USAGE);
        assertThat(again.lastLine()).contains(TREE, "not overwritten");
        assertThat(Files.size(Path.of(file(TREE)))).isEqualTo(4);
    }

    @Test
    void aTreeThatCannotBeWrittenIsAnErrorWithItsFile() {
        Ended ended = run("run", "--device-tree", "true", "--dump-dtb", file("absent/" + TREE), guest("exit-42"));
        assertThat(ended.status()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("absent/" + TREE, "cannot be written");
    }
}

package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.GUESTS;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `run --dtb FILE`: a device tree of the user's own.
class DeviceTreeOptionTest {

    private static final String RAM = "0x40000000";

    /// `/dts-v1/; / { model = "mine"; };` compiled by `dtc` 1.6.1 (Devicetree Specification 0.4, chapter 5).
    private static final String TREE = "d00dfeed00000062000000380000005c"
            + "00000028000000110000001000000000"
            + "00000006000000240000000000000000"
            + "00000000000000000000000100000000"
            + "0000000300000005000000006d696e65"
            + "0000000000000002000000096d6f6465"
            + "6c00";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private String tree = "";

    @BeforeEach
    void writeTree() throws IOException {
        tree = directory.resolve("mine.dtb").toString();
        Files.write(Path.of(tree), HexFormat.of().parseHex(TREE));
    }

    @Test
    void theGuestIsGivenTheFileAndSoIsItsReplay() throws IOException {
        String recording = directory.resolve("rec").toString();
        Ended ended = run(
                "run",
                "--dtb",
                tree,
                "--record",
                recording,
                GUESTS.resolve("exit-42.elf").toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(42);

        Ended view = run(
                "replay",
                recording,
                "--at",
                "0",
                "--memory",
                RAM,
                Integer.toString(TREE.length() / 2),
                "--format",
                "json");
        assertThat(view.status()).as(view.err()).isZero();
        JsonNode document = new ObjectMapper().readTree(view.out());
        assertThat(document.findValue("data").asText())
                .as("the content at %s", RAM)
                .isEqualTo(TREE);
    }

    @Test
    void aFileThatIsNoDeviceTreeIsRefusedWithItsName() throws IOException {
        Files.writeString(Path.of(tree), "/dts-v1/; / { };");
        Ended ended = run("run", "--dtb", tree, GUESTS.resolve("exit-42.elf").toString());
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains("mine.dtb").contains("dtc");
    }
}

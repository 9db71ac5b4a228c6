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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `trapline who-wrote` on a guest whose stores are known.
class WhoWroteTest {

    /// A64, loaded at 0x40080000.
    private static final int[] CODE = {
        0xd2a80120, // 0  movz x0, #0x4009, lsl #16
        0x52800021, // 1  movz w1, #1
        0xb9000001, // 2  str w1, [x0]
        0x52800041, // 3  movz w1, #2
        0xb9000001, // 4  str w1, [x0]
        0x52800021, // 5  movz w1, #1
        0xb9000001, // 6  str w1, [x0]: restores the value of 2
        0x39002401, // 7  strb w1, [x0, #9]
        0xb9000001, // 8  str w1, [x0]: changes nothing
        0xd2b8c000, // 9  movz x0, #0xc600, lsl #16
        0xf2820000, // 10 movk x0, #0x1000: EXIT
        0xd2800001, // 11 movz x1, #0
        0xd4000002, // 12 hvc #0
    };

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    @BeforeAll
    static void record() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(CODE.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : CODE) {
            bytes.putInt(word);
        }
        Path image = Files.write(directory.resolve("stores.bin"), bytes.array());
        recording = directory.resolve("rec").toString();
        Ended ended = run("run", "--record", recording, "--load-address", "0x40080000", image.toString());
        assertThat(ended.status()).as(ended.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "smp-counter-a32, aarch32, 1000",
        "smp-counter-t32, aarch32, 1000",
        "conditions-t32, aarch32, 1000",
    })
    void everyStoreThatIsNamedStoresInEveryInstructionSet(String guest, String width, String slice) throws IOException {
        String rec = directory.resolve(guest + slice).toString();
        run("run", "--width", width, "--cpus", "2", "--slice", slice, "--record", rec, guest(guest));
        JsonNode writes = new ObjectMapper()
                .readTree(run("who-wrote", rec, "0x40080000", "65536", "--format", "json")
                        .out())
                .path("writes");
        int stores = 0;
        for (JsonNode write : writes) {
            if (write.path("by").asText().equals("guest")) {
                stores++;
                assertThat(write.path("text").asText()).as("%s", write).matches("(st|push|vst|vpush|it|dc).*");
                assertThat(write.path("old").asText())
                        .as("%s", write)
                        .isNotEqualTo(write.path("new").asText());
            }
        }
        assertThat(stores).as("the guest stores").isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        end          | 6 | 02 | 01
        0:9          | 6 | 02 | 01
        hypercall#1  | 6 | 02 | 01
        0:7          | 6 | 02 | 01
        0:6          | 4 | 01 | 02
        0:5          | 4 | 01 | 02
        0:4          | 2 | 00 | 01
        0:3          | 2 | 00 | 01
        """)
    void theLastStoreBeforeAPositionIsFoundWithWhatItChanged(String before, int index, String old, String now) {
        Ended ended = run("who-wrote", recording, "0x40090000", "1", "--before", before, "--format", "json");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .as("instruction " + index + " stores; a value that came back later does not hide a store")
                .contains("\"by\":\"guest\"")
                .contains("\"position\":{\"slice\":0,\"phase\":\"running\",\"instruction\":" + index + "}")
                .contains("\"vcpu\":0,\"pc\":\"0x" + Integer.toHexString(0x40080000 + 4 * index) + "\"")
                .contains("\"text\":\"str w1, [x0]\"")
                .contains("\"old\":\"" + old + "\",\"new\":\"" + now + "\"");
    }

    @Test
    void theMachineAtThePositionIsAboutToStore() {
        Ended ended = run("replay", recording, "--at", "0:6", "--disassemble", "--memory", "0x40090000", "1");
        assertThat(ended.out()).as(ended.err()).containsPattern("vcpu0 on, runs next\n  0000000040080018  b9000001");
        assertThat(ended.out()).as("the old value").contains("0000000040090000  02");
    }

    @Test
    void bytesWithDifferentWritersAreToldApart() {
        Ended ended = run("who-wrote", recording, "0x40090000", "10");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .as("the last change is shown first")
                .containsSubsequence(
                        "10 bytes at 0x40090000, before slice 1",
                        "0000000040090009  1 byte\n  stored by vcpu0 at 0x4008001c",
                        "position  0:7, ",
                        "0000000040090000  1 byte\n  stored by vcpu0 at 0x40080018",
                        "0000000040090001  8 bytes\n  not changed since power-on");
    }

    @Test
    void bytesOfAnImageCameWithIt() {
        Ended ended = run("who-wrote", recording, "0x40080000", "64");
        assertThat(ended.out())
                .as("52 bytes are the image, and after it nothing was written")
                .contains("0000000040080000  52 bytes\n  loaded from the image 'stores.bin' at power-on")
                .contains("0000000040080034  12 bytes\n  not changed since power-on");
    }

    @Test
    void whatFirmwareWritesIsShownWithItsService() {
        String pvtime = directory.resolve("pvtime").toString();
        // If no vCPU is skipped, no time is stolen, and only zeros are written.
        run("run", "--cpus", "2", "--schedule", "random", "--record", pvtime, guest("conform-pvtime"));
        String trace = run("trace", pvtime, "--function", "PV_TIME_ST").out();
        Matcher address = Pattern.compile("= (0x4[0-9a-f]+)").matcher(trace);
        assertThat(address.find()).as(trace).isTrue();
        Ended ended = run("who-wrote", pvtime, address.group(1), "16", "--format", "json");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .as("only firmware and the machine write the structure: the guest reads it")
                .containsPattern("\"by\":\"(firmware|stolen-time)\"")
                .doesNotContain("\"by\":\"guest\"");
    }

    @Test
    void checkpointsChangeNothing() {
        String counter = directory.resolve("counter").toString();
        run(
                "run",
                "--cpus",
                "2",
                "--slice",
                "500",
                "--set",
                "run.renewal-interval=200000",
                "--record",
                counter,
                guest("smp-counter"));
        String stack = "0x40090000";
        Ended without = run("who-wrote", counter, stack, "4096", "--no-checkpoints", "--format", "json");
        run("journal", "index", counter, "--set", "replay.checkpoints.spacing=10ms");
        Ended with = run("who-wrote", counter, stack, "4096", "--format", "json");
        assertThat(with.status()).as(with.err()).isZero();
        assertThat(with.out()).isNotEmpty().isEqualTo(without.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0x10 4                         | 4 bytes at 0x10 are not all in the machine's RAM or flash
        0x40090000 0                   | a length is 1 to 65536 bytes
        0x40090000 65537               | a length is 1 to 65536 bytes
        here 4                         | give an address and a length in bytes
        0x40090000                     | LEN is missing: trapline who-wrote DIR ADDR LEN
        0x40090000 4 --before 9        | there is no slice 9
        0x40090000 4 --before soon     | a position is a slice (120)
        """)
    void whatCannotBeSearchedIsRefused(String arguments, String reason) {
        Ended ended = run(("who-wrote " + recording + " " + arguments).split(" "));
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains(reason);
        assertThat(ended.out()).isEmpty();
    }
}

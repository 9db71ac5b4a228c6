package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Export of a recording for a bug report, and its import, with the real command.
class JournalExportImportTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aRecordingTravelsAsOneFileAndReplaysWhereItArrives() throws IOException {
        String recording = directory.resolve("rec").toString();
        String file = directory.resolve("rec.tlx").toString();
        String arrived = directory.resolve("arrived").toString();
        Ended recorded = run("run", "--cpus", "4", "--record", recording, guest("smp-hello"));
        Ended exported = run("journal", "export", recording, file);
        assertThat(exported.status()).as(exported.err()).isZero();
        assertThat(exported.out()).contains("exported " + recording + " to " + file, "its images");
        Ended imported = run("journal", "import", "--format", "json", file, arrived);
        assertThat(imported.status()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("\"recording\":\"" + arrived + "\",\"file\":\"" + file + "\"")
                .contains("\"complete\":true", "\"imagesIncluded\":1,\"imagesNamed\":1")
                .endsWith("}\n");
        Ended replayed = run("replay", arrived);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.out()).as("the same console").isEqualTo(recorded.out());

        byte[] bytes = Files.readAllBytes(Path.of(file));
        Files.write(Path.of(file), Arrays.copyOf(bytes, bytes.length - 1));
        Ended refused = run("journal", "import", file, directory.resolve("no").toString());
        assertThat(refused.status()).as(refused.err()).isEqualTo(Ending.STORAGE);
        assertThat(refused.lastLine()).contains("exit 7, damaged: the file " + file + " is damaged in part ");
        assertThat(directory.resolve("no")).doesNotExist();
    }

    @Test
    void imagesThatWereLeftOutAreGivenAtTheReplay() {
        String recording = directory.resolve("rec").toString();
        String file = directory.resolve("rec.tlx").toString();
        String arrived = directory.resolve("arrived").toString();
        run("run", "--record", recording, guest("smp-hello"));
        Ended exported = run("journal", "export", "--without-images", recording, file);
        assertThat(exported.out()).contains("no images");
        run("journal", "import", file, arrived);
        Ended without = run("replay", arrived);
        assertThat(without.status()).as(without.err()).isEqualTo(Ending.USAGE);
        assertThat(without.lastLine()).contains("smp-hello.elf", "SHA-256", "--image FILE");
        assertThat(run("trace", arrived).status()).as("a trace needs no images").isZero();
        Ended given = run("replay", arrived, "--image", guest("smp-hello"));
        assertThat(given.status()).as(given.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "1,                       7, more than",
        "4K,                      7, more than",
        "0x1000,                  7, more than",
        "64MiB,                   0, imported",
        "1_000_000 K,             0, imported",
        "0,                       2, give a size",
        "-1,                      2, give a size",
        "1.5G,                    2, give a size",
        "much,                    2, give a size",
        "8589934592G,             2, give a size",
        "99999999999999999999999, 2, give a size"
    })
    void theLimitOfASizeIsReadAsAConfigurationReadsSizes(String size, int status, String said) {
        String recording = directory.resolve("sized").toString();
        String file = directory.resolve("sized.tlx").toString();
        run("run", "--record", recording, guest("smp-hello"));
        run("journal", "export", recording, file);
        Ended ended =
                run("journal", "import", file, directory.resolve("limited").toString(), "--max-size", size);
        assertThat(ended.status()).as(ended.err()).isEqualTo(status);
        assertThat(ended.out() + ended.err()).contains(said);
    }
}

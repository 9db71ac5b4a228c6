package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands for one recording, with the real command.
class ReplayAndTraceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    @SuppressWarnings("NullAway.Init")
    private static Ended recorded;

    @BeforeAll
    static void record() {
        recording = directory.resolve("rec").toString();
        recorded = run("run", "--cpus", "4", "--record", recording, guest("smp-hello"));
    }

    @Test
    void aReplayPrintsTheSameConsoleAndSaysThatNothingDiverged() {
        Ended ended = run("replay", recording);
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo(recorded.out());
        assertThat(ended.err())
                .containsPattern("replayed [0-9,]+ slices, [0-9,]+ hypercalls, no divergence")
                .containsPattern("recording took [0-9.]+ s .*; replaying took [0-9.]+ s");
        assertThat(ended.lastLine())
                .as("the status is about the replay; the recorded run's own is named")
                .isEqualTo("trapline: exit 0, replayed: no divergence; the recorded run ended with status 0,"
                        + " powered-off: the guest turned its machine off");
    }

    @Test
    void aTraceNamesFunctionsArgumentsResultsAndWhoAnswered() {
        Ended ended = run("trace", recording, "--function", "PSCI_CPU_ON");
        assertThat(ended.status()).as(ended.err()).isZero();
        List<String> lines = ended.out().lines().toList();
        assertThat(lines).as("three CPUs are turned on").hasSize(3);
        assertThat(lines.get(0))
                .containsPattern("^hypercall#[0-9]+ +[0-9]+ +[0-9]+\\.[0-9]{9} vcpu0 HVC PSCI_CPU_ON\\(target_cpu=0x1, "
                        + "entry_point_address=0x[0-9a-f]+, context_id=0x[0-9a-f]+\\) = SUCCESS \\[psci, forwarded\\]"
                        + " vcpu1 on");
        assertThat(ended.err()).as("a successful trace has no other messages").isEmpty();
    }

    @Test
    void aTraceOfOneCpuShowsItsCallsAlone() {
        Ended ended = run("trace", recording, "--cpu", "2");
        assertThat(ended.out().lines()).isNotEmpty().allMatch(line -> line.contains(" vcpu2 "));
    }

    @Test
    void aTraceThatLeavesNothingSaysSo() {
        Ended ended = run("trace", recording, "--function", "0xC40000F3");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .containsPattern("--function [a-z ]+ [0-9]+ hypercalls")
                .as("an identifier that no service knows may be a typing error")
                .contains("no service knows 0xC40000F3: did you mean 0xC4000003 (PSCI_CPU_ON)?");
    }

    @Test
    void aTraceOfWhatCannotBeIsRefused() {
        Ended name = run("trace", recording, "--function", "PSCI_CPU_ONN");
        assertThat(name.status()).as(name.err()).isEqualTo(Ending.USAGE);
        assertThat(name.lastLine()).contains("--function PSCI_CPU_ONN: ", "did you mean PSCI_CPU_ON?");
        Ended cpu = run("trace", recording, "--cpu", "64");
        assertThat(cpu.status()).as(cpu.err()).isEqualTo(Ending.USAGE);
        assertThat(cpu.lastLine()).contains("--cpu 64: the recorded machine has vCPUs 0 to 3");
        assertThat(run("trace", recording, "--function", "psci_cpu_on").out())
                .as("however it is written")
                .isNotEmpty()
                .isEqualTo(run("trace", recording, "--function", "3288334339").out())
                .isEqualTo(run("trace", recording, "--function", "0xc400_0003").out());
    }

    @Test
    void damageInTheMiddleIsReportedWhereItIs() throws IOException {
        Path whole = directory.resolve("long");
        run("run", "--record", whole.toString(), guest("hypercall-loop-1k"), "--slice", "1");
        Path damaged = copy(whole, directory.resolve("long-damaged"));
        Path journal = damaged.resolve("journal.mv");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[bytes.length / 3] ^= 1;
        Files.write(journal, bytes);
        Ended ended = run("replay", damaged.toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine())
                .startsWith("trapline: exit 7, damaged: the recording is damaged in segment")
                .contains("which begins at slice");
        assertThat(ended.err()).as("a message, and no stack trace").doesNotContain("\tat ");
    }

    @Test
    void aTraceInJsonIsOneObjectALine() {
        Ended ended = run("trace", recording, "--format", "json", "--function", "0xc4000003");
        assertThat(ended.out().lines())
                .hasSize(3)
                .allMatch(line ->
                        line.startsWith("{\"schema\":{\"name\":\"trapline.hypercall\",\"version\":0},\"hypercall\":")
                                && line.endsWith("}"))
                .allMatch(line -> line.contains("\"function\":\"PSCI_CPU_ON\"")
                        && line.contains("\"decision\":\"forwarded\",\"service\":\"psci\"")
                        && line.contains("\"target_cpu\":\"0x"));
    }

    @Test
    void aRecordingIsNeverOverwritten() {
        Ended ended = run("run", "--record", recording, guest("exit-42"));
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.out()).as("the guest must not have run").isEmpty();
        assertThat(ended.lastLine()).contains(recording, "never overwritten");
    }

    @Test
    void aChangedImageIsNamedAndDivergesOnlyIfOneInsists() throws IOException {
        Path changed = copy(directory.resolve("changed"));
        Path image;
        try (Stream<Path> images = Files.list(changed.resolve("images"))) {
            image = images.findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(image);
        int greeting = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("hello from");
        bytes[greeting] = 'H';
        Files.write(image, bytes);

        Ended refused = run("replay", changed.toString());
        assertThat(refused.status()).isEqualTo(Ending.STORAGE);
        assertThat(refused.lastLine()).as("the image is named").contains("smp-hello.elf");

        Ended insisted = run("replay", "--ignore-image-hash", changed.toString());
        assertThat(insisted.status()).as(insisted.err()).isEqualTo(Ending.DIVERGED);
        assertThat(insisted.err()).contains("expected", "slice");
    }

    @Test
    void aDamagedRecordingIsReportedAsSuch() throws IOException {
        Path damaged = copy(directory.resolve("damaged"));
        Path journal = damaged.resolve("journal.mv");
        byte[] bytes = Files.readAllBytes(journal);
        java.util.Arrays.fill(bytes, bytes.length / 4, bytes.length, (byte) 0x5a);
        Files.write(journal, bytes);
        Ended ended = run("replay", damaged.toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("damaged");
    }

    private static Path copy(Path target) throws IOException {
        return copy(Path.of(recording), target);
    }

    private static Path copy(Path source, Path target) throws IOException {
        try (Stream<Path> all = Files.walk(source)) {
            for (Path path : all.toList()) {
                Files.copy(path, target.resolve(source.relativize(path)));
            }
        }
        return target;
    }
}

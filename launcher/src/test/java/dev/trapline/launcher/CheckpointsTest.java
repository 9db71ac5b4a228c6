package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.runWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.recording.CheckpointKeyFile;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints of a recording, with the real command.
class CheckpointsTest {

    private static final String CLOSE = "replay.checkpoints.spacing=10ms";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private String recording;

    @SuppressWarnings("NullAway.Init")
    private Ended recorded;

    @BeforeEach
    void record() {
        recording = directory.resolve("rec").toString();
        recorded = run(
                "run",
                "--cpus",
                "2",
                "--slice",
                "500",
                "--set",
                "run.renewal-interval=200000",
                "--record",
                recording,
                guest("compute-short"));
    }

    private Ended index() {
        return run("journal", "index", recording, "--set", CLOSE, "--format", "json");
    }

    private static long number(String text, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":([0-9]+)").matcher(text);
        assertThat(matcher.find()).as("%s in %s", field, text).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private Ended at(String place) {
        return run("replay", recording, "--at", place, "--registers", "--format", "json", "--set", CLOSE);
    }

    @Test
    void aPlaceIsShownFromTheCheckpointBeforeItAsFromTheStart() throws IOException {
        Ended straight = at("3900");
        assertThat(straight.err()).as("there is none yet").doesNotContain("checkpoint");
        delete();
        Ended indexed = index();
        assertThat(indexed.status()).as(indexed.err()).isZero();
        assertThat(number(indexed.out(), "count")).as(indexed.out()).isGreaterThan(1);
        Ended again = index();
        assertThat(again.err()).as("continues after the last one").contains("from the checkpoint at slice ");
        assertThat(number(again.out(), "count"))
                .as("existing checkpoints stay")
                .isGreaterThanOrEqualTo(number(indexed.out(), "count"));
        Ended near = at("3900");
        assertThat(near.status()).as(near.err()).isZero();
        assertThat(near.err()).contains("from the checkpoint at slice ");
        assertThat(near.out()).isEqualTo(straight.out());
        Ended off = run("replay", recording, "--at", "3900", "--format", "json", "--no-checkpoints");
        assertThat(off.err()).doesNotContain("checkpoint");
        assertThat(off.out()).isEqualTo(straight.out());
    }

    @Test
    void whatIsDamagedOrGoneChangesNothing() throws IOException {
        Ended straight = run("replay", recording, "--at", "3900", "--format", "json", "--no-checkpoints");
        index();
        Path file = Path.of(recording, "checkpoints", "store.mv");
        byte[] bytes = Files.readAllBytes(file);
        new Random(1).ints(bytes.length / 100, 0, bytes.length).forEach(at -> bytes[at] ^= 0x11);
        Files.write(file, bytes);
        Ended damaged = at("3900");
        assertThat(damaged.status()).as(damaged.err()).isZero();
        assertThat(damaged.out()).isEqualTo(straight.out());
        assertThat(damaged.err()).contains("ignored, and made anew");
        assertThat(at("3900").out()).isEqualTo(straight.out());
        delete();
        assertThat(at("3900").out()).as("deleted").isEqualTo(straight.out());
    }

    /// The state of the emulator in a checkpoint is loaded into this process without checks, so only the user's own
    /// may be used.
    @Test
    void thoseOfSomebodyElseAreIgnoredWithOneSentence() throws IOException {
        Ended straight = run("replay", recording, "--at", "3900", "--format", "json", "--no-checkpoints");
        Map<String, String> stranger = key("stranger");
        Path checkpoints = Path.of(recording, "checkpoints");
        Path theirs = directory.resolve("theirs");
        runWith(stranger, "journal", "index", recording, "--set", CLOSE);
        Files.move(checkpoints, theirs);
        String mine = key("mine").get(CheckpointSeal.VARIABLE);
        String sentence = "the checkpoints of " + recording + " were not made with your key, " + mine;
        for (List<String> command : List.of(
                List.of("replay", recording, "--at", "3900", "--format", "json"),
                List.of("replay", recording, "--from", "3900", "--to", "3901"),
                List.of("replay", recording, "--jobs", "2"),
                List.of("who-wrote", recording, "0x40000000", "4"),
                List.of("journal", "index", recording))) {
            copy(theirs, checkpoints);
            Ended ended = runWith(key("mine"), command.toArray(String[]::new));
            assertThat(ended.status()).as("%s: %s", command, ended.err()).isZero();
            assertThat(ended.err().split(Pattern.quote(sentence), -1))
                    .as("said once by %s: %s", command, ended.err())
                    .hasSize(2);
            assertThat(ended.err()).doesNotContain("from the checkpoint at slice");
            if (command.contains("3900") && command.contains("json")) {
                assertThat(ended.out()).isEqualTo(straight.out());
            }
            delete();
        }
        copy(theirs, checkpoints);
        assertThat(runWith(key("mine"), "journal", "info", recording, "--format", "json")
                        .out())
                .contains("\"ofThisUser\":false");
        assertThat(runWith(stranger, "journal", "info", recording, "--format", "json")
                        .out())
                .contains("\"ofThisUser\":true");
        assertThat(runWith(stranger, "replay", recording, "--at", "3900").err())
                .as("all users who have the key use them: a team may share one")
                .contains("from the checkpoint at slice");
    }

    @Test
    void processesThatMakeTheKeyAtOnceHaveOne() throws IOException {
        String other = directory.resolve("other").toString();
        copy(Path.of(recording), Path.of(other));
        List<CommandProcess> indexing = Stream.of(recording, other)
                .map(each -> CommandProcess.startWith(key("state/new"), "journal", "index", each, "--set", CLOSE))
                .toList();
        indexing.forEach(each -> each.type(""));
        for (CommandProcess each : indexing) {
            Ended ended = each.await();
            assertThat(ended.status()).as(ended.err()).isZero();
        }
        for (String each : List.of(recording, other)) {
            assertThat(runWith(key("state/new"), "replay", each, "--at", "3900").err())
                    .as("one of them made the key, and both have used it")
                    .contains("from the checkpoint at slice");
        }
    }

    @Test
    void aHomeThatCannotBeWrittenCostsTheCheckpointsAndNothingElse() throws IOException {
        Files.createFile(directory.resolve("file"));
        Map<String, String> nowhere = key("file/key");
        Ended there = runWith(nowhere, "replay", recording, "--at", "3900", "--set", CLOSE);
        assertThat(there.status()).as(there.err()).isZero();
        assertThat(there.err())
                .contains("no checkpoints are used or kept beside " + recording, nowhere.get(CheckpointSeal.VARIABLE));
        assertThat(runWith(nowhere, "replay", recording, "--jobs", "2").status())
                .isZero();
        Ended indexed = runWith(nowhere, "journal", "index", recording, "--set", CLOSE);
        assertThat(indexed.status()).as(indexed.err()).isEqualTo(Ending.USAGE);
        assertThat(Path.of(recording, "checkpoints", "store.mv")).doesNotExist();
    }

    @Test
    void theKeyIsWhereTheEnvironmentPutsStates() {
        Path home = Path.of("/users/me");
        assertThat(CheckpointKeyFile.of(Map.of(), home))
                .isEqualTo(Path.of("/users/me/.local/state/trapline/checkpoint.key"));
        assertThat(CheckpointKeyFile.of(Map.of("HOME", "/other"), home))
                .isEqualTo(Path.of("/other/.local/state/trapline/checkpoint.key"));
        assertThat(CheckpointKeyFile.of(Map.of("XDG_STATE_HOME", "/state", "HOME", "/other"), home))
                .isEqualTo(Path.of("/state/trapline/checkpoint.key"));
        assertThat(CheckpointKeyFile.of(Map.of("XDG_STATE_HOME", "relative"), home))
                .as("the specification says to ignore it")
                .isEqualTo(Path.of("/users/me/.local/state/trapline/checkpoint.key"));
        assertThat(CheckpointKeyFile.of(Map.of(CheckpointSeal.VARIABLE, "/k", "XDG_STATE_HOME", "/state"), home))
                .isEqualTo(Path.of("/k"));
    }

    private Map<String, String> key(String name) {
        return Map.of(CheckpointSeal.VARIABLE, directory.resolve(name).toString());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    @Test
    void severalThreadsGetTheResultOfOne() {
        Ended one = run("replay", recording);
        Ended first = run("replay", recording, "--jobs", "2", "--set", CLOSE);
        assertThat(first.err())
                .as("there is no checkpoint at which to divide it, so it makes some")
                .contains("no checkpoints: ", " and made ");
        for (String jobs : new String[] {"1", "2", "4"}) {
            Path result = directory.resolve("result-" + jobs);
            Ended ended = run("replay", recording, "--jobs", jobs, "--result", result.toString());
            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(ended.out()).as("the console, in order").isEqualTo(recorded.out());
            assertThat(ended.lastLine()).isEqualTo(one.lastLine());
            assertThat(ended.err()).as("as recorded at once").doesNotContain("from the start to make sure");
            assertThat(fields(result)).isEqualTo(fields(Path.of(recording, "result.json")));
        }
        assertThat(first.err()).as("it made them").doesNotContain("no effect");
        Ended spaced = run("replay", recording, "--jobs", "2", "--set", CLOSE);
        assertThat(spaced.status()).as(spaced.err()).isZero();
        assertThat(spaced.err())
                .as("they are there")
                .contains("--set " + CLOSE + " has no effect: there are checkpoints already");
        assertThat(run("replay", recording, "--jobs", "0").lastLine())
                .contains("--jobs 0: give a number of threads from 1 to 64");
    }

    @Test
    void aFailedGuestIsReportedBySeveralThreadsAsByOne() {
        String failed = directory.resolve("failed").toString();
        run("run", "--slice", "20", "--record", failed, guest("fault-read"));
        Ended one = run("replay", failed);
        run("replay", failed, "--jobs", "2", "--set", CLOSE);
        Ended two = run("replay", failed, "--jobs", "2");
        assertThat(two.status()).as(two.err()).isEqualTo(one.status());
        String from = "The guest failed: ";
        assertThat(report(two.err(), from)).as("registers and last calls").isEqualTo(report(one.err(), from));
    }

    private static String report(String err, String from) {
        assertThat(err).contains(from);
        return err.substring(err.indexOf(from), err.indexOf("trapline: replayed"));
    }

    /// The fields that do not depend on the host.
    private static String fields(Path result) {
        try {
            return Files.readString(result)
                    .replaceAll("\"(status|kind|message|durability)\":(\"[^\"]*\"|[0-9]+),?", "")
                    .replaceAll("\"(hostNanos|segments|durableSegments)\":[0-9]+,?", "")
                    .replaceAll(",?\\}", "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theRecordingTellsOfThemAndIsExportedWithout() {
        index();
        Ended info = run("journal", "info", recording, "--format", "json");
        assertThat(info.out())
                .containsPattern("\"checkpoints\":\\{\"count\":[0-9]+,\"bytes\":[0-9]+,\"lastSlice\":[0-9]+,"
                        + "\"ofThisRecording\":true,\"ofThisUser\":true,\"ofThisLibrary\":true\\}");
        String file = directory.resolve("rec.tlx").toString();
        String copy = directory.resolve("copy").toString();
        assertThat(run("journal", "export", recording, file).status()).isZero();
        assertThat(run("journal", "import", file, copy).status()).isZero();
        assertThat(run("journal", "info", copy, "--format", "json").out())
                .as("a cache is not exported")
                .contains("\"checkpoints\":{\"count\":0,\"bytes\":0}");
    }

    @Test
    void aPartIsPrintedFromACheckpointAsFromTheStart() {
        index();
        Ended before = run("replay", recording, "--to", "3900");
        Ended after = run("replay", recording, "--from", "3900");
        assertThat(after.err()).contains("from the checkpoint at slice ");
        assertThat(before.out() + after.out()).isEqualTo(recorded.out());
    }

    @Test
    void aServiceWhoseStateCannotBeWrittenIsNamedAndAllElseWorks() throws IOException {
        Path jar = directory.resolve("counting.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("META-INF/services/" + FirmwareService.class.getName()));
            out.write((CountingService.class.getName() + "\n").getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
        }
        String counted = directory.resolve("counted").toString();
        String plugin = jar.toString();
        Ended made = run("run", "--record", counted, "--plugin", plugin, guest("smp-hello"));
        assertThat(made.status()).as(made.err()).isZero();
        String reason = "no checkpoints are kept beside the recording: service 'counting': its state's component calls"
                + " is java.math.BigInteger";
        Ended shown = run("replay", counted, "--at", "3", "--plugin", plugin);
        assertThat(shown.status()).as(shown.err()).isZero();
        assertThat(shown.err()).contains(reason);
        Ended several = run("replay", counted, "--jobs", "2", "--plugin", plugin);
        assertThat(several.status()).as(several.err()).isZero();
        assertThat(several.out()).isEqualTo(made.out());
        assertThat(several.err()).contains(reason, "replayed on one thread");
        Ended indexed = run("journal", "index", counted, "--plugin", plugin);
        assertThat(indexed.status()).as(indexed.err()).isEqualTo(Ending.USAGE);
        assertThat(indexed.err()).contains(reason);
        assertThat(Path.of(counted, "checkpoints")).doesNotExist();
    }

    private void delete() throws IOException {
        Path checkpoints = Path.of(recording, "checkpoints");
        try (Stream<Path> files = Files.list(checkpoints)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(checkpoints);
    }
}

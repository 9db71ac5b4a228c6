package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `run --faults`, and the commands about plans of faults.
@Tag("native")
class FaultsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path plan(String... rules) throws IOException {
        return Files.writeString(
                directory.resolve("plan.conf"), "faults = [\n  " + String.join("\n  ", rules) + "\n]\n");
    }

    private static String guest(String name) {
        return CommandProcess.GUESTS.resolve(name + ".elf").toAbsolutePath().toString();
    }

    private Ended command(String... words) {
        return CommandProcess.runIn(directory, words);
    }

    private Ended run(Path plan, String... more) {
        List<String> words = new ArrayList<>(List.of("run", "--cpus", "4", "--faults", plan.toString()));
        words.addAll(List.of(more));
        words.add(guest("smp-hello"));
        return command(words.toArray(String[]::new));
    }

    @Test
    void whatHappenedIsInTheSummaryTheResultAndTheTrace() throws IOException {
        Path plan = plan(
                "{ name = late, at { function = AFFINITY_INFO }, when { times = 2 }, do { delay = 1us } }",
                "{ name = never, at { function = SYSTEM_RESET }, do { refuse = -1 } }");
        Ended ended = run(plan, "--record", "rec", "--result", "result.json");
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.OK);
        assertThat(ended.err())
                .contains("trapline: 2 faults: late 2 times\n")
                .contains("plan.conf:3: the fault 'never' never happened: the guest made no such call before the run"
                        + " ended at ");
        Schemas schemas = new Schemas();
        JsonNode faults = schemas.validated(Files.readString(directory.resolve("result.json")))
                .path("faults");
        assertThat(faults.get(0).path("name").asText()).isEqualTo("late");
        assertThat(faults.get(0).path("fired").asInt()).isEqualTo(2);
        assertThat(faults.get(0).path("met").asInt()).isGreaterThan(2);
        assertThat(faults.get(1).path("met").asInt()).isZero();

        List<JsonNode> calls = command("trace", "rec", "--format", "json")
                .out()
                .lines()
                .map(schemas::validated)
                .toList();
        assertThat(calls)
                .filteredOn(call -> call.has("injectedFault"))
                .extracting(call -> call.path("injectedFault").path("kind").asText())
                .containsExactly("delay", "delay");
        assertThat(command("trace", "rec").out())
                .contains("= OFF [psci, forwarded] {fault: returns 0.000000992 s late}");
        assertThat(command("replay", "rec").err()).contains("no divergence");
    }

    @Test
    void defectsOfDevicesAreInTheTrace() throws IOException {
        Path plan = plan(
                "{ name = full, at { moment = \"time:0s\" }, do { misread = 0x9000018, set = 0x20, count = 3 } }",
                "{ name = line, at { moment = \"time:1us\" }, do { stick-line = 33, level = high, duration = 2us } }",
                "{ name = ever, at { moment = \"time:2us\" }, do { stick-line = 48, level = low } }",
                "{ name = disk, at { function = CPU_ON }, when { nth = 1 }, do { disk-writes = torn } }");
        Files.writeString(directory.resolve("disk"), "content");
        Ended ended = run(plan, "--disk", "disk", "--record", "rec");
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.OK);
        assertThat(ended.err()).contains("trapline: 4 faults: full once, line once, ever once, disk once\n");
        assertThat(command("trace", "rec").out())
                .contains("each of the next 3 reads of 0x9000018 wrong, bits 0x20 set\n")
                .contains("line of interrupt 33 stuck high for 0.000002000 s\n")
                .contains("line of interrupt 48 stuck low for ever\n")
                .contains("each write of disk 0 torn\n");
        Schemas schemas = new Schemas();
        List<JsonNode> events = command("trace", "rec", "--format", "json")
                .out()
                .lines()
                .map(schemas::validated)
                .filter(event -> event.path("kind").asText().equals("injection"))
                .toList();
        assertThat(events).hasSize(4);
        assertThat(events.get(0).path("setBits").asText()).isEqualTo("0x20");
        assertThat(events.get(0).path("defectCount").asInt()).isEqualTo(3);
        assertThat(events.get(1).path("stuckIntid").asInt()).isEqualTo(33);
        assertThat(events.get(1).path("stuckTicks").asInt()).isEqualTo(125);
        assertThat(events.get(2).has("stuckTicks")).as("for ever").isFalse();
        assertThat(events.get(3).path("diskFailure").asText()).isEqualTo("write-torn");
        assertThat(command("replay", "rec").err()).contains("no divergence");
    }

    @Test
    void aDefectThatTheMachineCannotHaveIsAnErrorWithItsPlace() throws IOException {
        assertNever("misread = 0x40000000, set = 1", "no device of this machine has a register there");
        assertNever("stick-line = 40, level = high", "no device of this machine has it; there are: 33, 34, 39");
        assertNever(
                "stick-line = 33, level = high",
                "this machine has no interrupt controller",
                "--set",
                "machine.board=bare");
        assertNever("disk-writes = lost", "a defect of disk 0, and this machine has none");
        Files.writeString(directory.resolve("disk"), "content");
        String[] disk = {"--set", "machine.disk=disk"};
        assertNever("disk-writes = lost, disk = 1", "a defect of disk 1, and this machine has 1 disk", disk);
        Path plan = plan("{ at { moment = \"time:0s\" }, do { disk-writes = lost } }");
        assertThat(command("faults", "check", plan.toString(), disk[0], disk[1]).status())
                .isEqualTo(Ending.OK);
    }

    /// Checks that both commands refuse a fault.
    private void assertNever(String what, String why, String... settings) throws IOException {
        Path plan = plan("{ at { moment = \"time:0s\" }, do { " + what + " } }");
        List<String> check = new ArrayList<>(List.of("faults", "check", plan.toString()));
        check.addAll(List.of(settings));
        for (Ended ended : List.of(command(check.toArray(String[]::new)), run(plan, settings))) {
            assertThat(ended.status()).isEqualTo(Ending.USAGE);
            assertThat(ended.err()).contains("plan.conf:2: the fault 'fault1': ", why);
        }
    }

    @Test
    void aKilledRunIsContinuedWithItsPlanAsTheRunThatWasNotKilled() throws Exception {
        Path plan = plan(
                "{ name = wrong, at { function = PSCI_VERSION }, when { every = 5 }, do { result { x5 = 7 } } }",
                "{ name = some, when { probability = 0.1 }, do { delay = 3us } }");
        String guest = guest("hypercall-loop");
        CommandProcess recorder = CommandProcess.start(
                "run",
                "--faults",
                plan.toString(),
                "--record",
                directory.resolve("killed").toString(),
                guest);
        Path journal = directory.resolve("killed").resolve("journal.mv");
        while (!Files.exists(journal) || Files.size(journal) < 400_000) {
            assertThat(recorder.isAlive()).as("it has much to record").isTrue();
            Thread.onSpinWait();
        }
        recorder.signal("KILL");
        recorder.await();
        Ended whole = command("run", "--faults", plan.toString(), "--result", "whole.json", guest);
        assertThat(whole.status()).as(whole.err()).isEqualTo(Ending.OK);
        Ended proceeded =
                command("run", "--continue", "killed", "--faults", plan.toString(), "--result", "proceeded.json");
        assertThat(proceeded.status()).as(proceeded.err()).isEqualTo(Ending.OK);
        Schemas schemas = new Schemas();
        JsonNode first = schemas.validated(Files.readString(directory.resolve("whole.json")));
        JsonNode second = schemas.validated(Files.readString(directory.resolve("proceeded.json")));
        assertThat(first.path("faults").get(0).path("fired").asLong()).isPositive();
        for (String field : List.of("registerDigest", "memoryDigest", "ticks", "slices", "hypercalls", "faults")) {
            assertThat(second.path(field)).as(field).isEqualTo(first.path(field));
        }
        assertThat(command("replay", "killed").err()).contains("no divergence");
    }

    @Test
    void aRecordingWithoutFaultsCannotBeContinuedWithSome() throws IOException {
        Path plan = plan("{ do { refuse = -1 } }");
        command("run", "--record", "plain", guest("exit-42"));
        Ended ended = command("run", "--continue", "plain", "--faults", plan.toString());
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
    }

    @Test
    void aPlanThatIsWrongIsRefusedBeforeAnythingRuns() throws IOException {
        Path plan = plan("{ at { function = CPU_OM }, do { refuse = -1 } }");
        Ended run = run(plan, "--record", "rec");
        Ended check = command("faults", "check", plan.toString());
        for (Ended ended : List.of(run, check)) {
            assertThat(ended.status()).isEqualTo(Ending.USAGE);
            assertThat(ended.err())
                    .contains("plan.conf:2: fault 1.at.function takes the name of a function", "did you mean CPU_ON?");
        }
        assertThat(directory.resolve("rec")).doesNotExist();
        assertThat(run(directory.resolve("missing.conf")).err()).contains("missing.conf: no such file");
    }

    @Test
    void aPlanIsCheckedAgainstTheMachine() throws IOException {
        Path plan = plan("{ at { vcpu = 2 }, do { refuse = -1 } }");
        assertThat(command("faults", "check", plan.toString()).lastLine())
                .contains("plan.conf:2: the fault 'fault1': the machine has no vCPU 2, it has vCPU 0 alone");
        assertThat(command("faults", "check", plan.toString(), "--set", "machine.cpus=3")
                        .status())
                .isEqualTo(Ending.OK);
        Path wide = plan("{ do { result { x20 = 1 } } }");
        assertThat(command("faults", "check", wide.toString(), "--set", "machine.width=aarch32")
                        .lastLine())
                .contains("a vCPU of this AArch32 machine has r0 to r14, and no x20");
        Path nobody = plan("{ at { function = 0x84001234 }, do { repeat = true } }");
        assertThat(command("faults", "check", nobody.toString()).lastLine())
                .contains("no service has 0x84001234, so no call of it has this fault");
        Path unknown = plan("{ at { function = 0x84001234 }, do { refuse = 5 } }");
        assertThat(command("faults", "check", unknown.toString()).status())
                .as("a call that nobody answers can be refused in another way")
                .isEqualTo(Ending.OK);
    }
}

package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.entry;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.ConsoleInput;
import dev.trapline.abi.history.JournalRecord.Entropy;
import dev.trapline.abi.history.JournalRecord.Injected;
import dev.trapline.abi.history.JournalRecord.Reconfigured;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.RunReport;
import dev.trapline.registry.RegistryException;
import dev.trapline.testkit.FakeEngines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Changes of the policy while the machine runs.
class ReconfigurationTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final long PSCI_VERSION = 0x8400_0000L;
    private static final long CPU_ON = 0xc400_0003L;
    private static final long EXIT = 0xc600_1000L;
    private static final Policy REVOKED = Policy.DEFAULT.withResident("smccc").with("psci", false);

    private final CompletableFuture<MachineRun> run = new CompletableFuture<>();

    @TempDir
    Path temp;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    /// A step that executes an action during a slice, on the machine's thread.
    private FakeEngines.Step during(Runnable action, FakeEngines.Step step) {
        return registers -> {
            action.run();
            return step.apply(registers);
        };
    }

    private static FakeEngines guest(FakeEngines.Step second) {
        return new FakeEngines().script(hvc(PSCI_VERSION), second, hvc(PSCI_VERSION), budget(), hvc(EXIT, 7));
    }

    private Machine.Builder machine(FakeEngines engines) {
        return Machine.builder(engines, Specs.withVcpus(2).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath());
    }

    private RunReport finish(Machine.Builder machine) {
        MachineRun started = machine.start(KIT.system());
        run.complete(started);
        return started.done().toCompletableFuture().join();
    }

    private List<JournalRecord> records(Path recording) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining((HistoryEntry entry) -> records.add(entry.record()));
        }
        return records;
    }

    @Test
    void aCapabilityRevokedInMidRunIsDeniedFromThenOnAndTheRecordingReplays() {
        FakeEngines engines = guest(during(() -> run.join().reconfigure(REVOKED), hvc(PSCI_VERSION)));
        Path recording = temp.resolve("rec");
        RunReport live = finish(machine(engines).recordTo(recording));

        assertThat(live.outcome()).isEqualTo(new RunOutcome.Exited(7));
        assertThat(live.lastHypercalls())
                .as("the slice in which it was requested ends under the policy under which it began")
                .containsExactly(
                        "hypercall#1 vcpu0 HVC PSCI_VERSION() = 0x10003 [psci, forwarded]",
                        "hypercall#2 vcpu0 HVC PSCI_VERSION() = 0x10003 [psci, forwarded]",
                        "hypercall#3 vcpu0 HVC PSCI_VERSION() = NOT_SUPPORTED [denied: a toggle is off]",
                        "hypercall#4 vcpu0 HVC EXIT(status=0x7) = ? [exit, forwarded] exit 7");
        assertThat(records(recording)).contains(new Reconfigured(REVOKED));

        FakeEngines again = guest(hvc(PSCI_VERSION));
        RunReport replayed = finish(Machine.replay(again, Recordings.open(recording, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath()));
        assertThat(replayed.outcome()).isEqualTo(live.outcome());
        assertThat(replayed.registerDigest()).as("registers of every slice").isEqualTo(live.registerDigest());
        assertThat(replayed.memoryDigest()).isEqualTo(live.memoryDigest());
        assertThat(replayed.lastHypercalls()).isEqualTo(live.lastHypercalls());
    }

    @Test
    void everyVcpuDecidesByTheNewPolicyFromTheNextGrantOn() {
        FakeEngines engines = new FakeEngines()
                .script(
                        hvc(CPU_ON, 1, entry(1), 0),
                        budget(),
                        during(() -> run.join().reconfigure(REVOKED), budget()),
                        budget(),
                        hvc(EXIT, 0))
                .script(hvc(PSCI_VERSION), budget(), hvc(PSCI_VERSION));
        assertThat(finish(machine(engines)).lastHypercalls().subList(1, 3))
                .containsExactly(
                        "hypercall#2 vcpu1 HVC PSCI_VERSION() = 0x10003 [psci, forwarded]",
                        "hypercall#3 vcpu1 HVC PSCI_VERSION() = NOT_SUPPORTED [denied: a toggle is off]");
    }

    @Test
    void inputsOfOneBoundaryComeInTheirOrder() {
        Policy other = REVOKED.with("hvc", false);
        FakeEngines engines = guest(during(
                () -> {
                    MachineRun machine = run.join();
                    machine.stop(Stop.Reason.INTERRUPTED);
                    machine.type(Bytes.copyOf(new byte[] {'x'}));
                    machine.inject(new Injection.WakeUp(VcpuId.BOOT));
                    machine.reconfigure(REVOKED);
                    machine.reconfigure(other);
                },
                budget()));
        Path recording = temp.resolve("rec");
        finish(machine(engines).recordTo(recording));
        assertThat(records(recording))
                .as("reconfigurations in the requested order, injections, console, stop; in this order, whatever"
                        + " the order of requests")
                .filteredOn(record -> record instanceof JournalRecord.Input && !(record instanceof Entropy))
                .containsExactly(
                        new Reconfigured(REVOKED),
                        new Reconfigured(other),
                        new Injected(new Injection.WakeUp(VcpuId.BOOT)),
                        new ConsoleInput(Bytes.copyOf(new byte[] {'x'})),
                        new Stop(Stop.Reason.INTERRUPTED));
    }

    @Test
    void aPolicyThatDoesNotFitIsRefusedToTheCallerAndTheOneInForceStays() {
        List<RegistryException> refused = new ArrayList<>();
        FakeEngines engines = guest(during(
                () -> assertThatThrownBy(() -> run.join().reconfigure(Policy.DEFAULT.with("pcsi", false)))
                        .isInstanceOfSatisfying(RegistryException.class, refused::add),
                hvc(PSCI_VERSION)));
        RunReport report = finish(machine(engines));
        assertThat(refused).hasSize(1);
        assertThat(refused.getFirst()).hasMessageContaining("'pcsi'");
        assertThat(report.lastHypercalls())
                .filteredOn(l -> l.contains("denied"))
                .isEmpty();
    }

    @Test
    void aReplayTakesItsPoliciesFromTheRecordingAlone() {
        Path recording = temp.resolve("rec");
        RunReport live = finish(machine(guest(budget())).recordTo(recording));
        FakeEngines again = guest(budget());
        MachineRun replay = Machine.replay(again, Recordings.open(recording, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath())
                .start(KIT.system());
        replay.reconfigure(REVOKED);
        assertThat(replay.done().toCompletableFuture().join().outcome()).isEqualTo(live.outcome());
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.testkit.FakeEngines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The FEATURES call of one service agrees with the answers of another service's calls, on complete machines.
class FeaturesAgreementTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final long SMCCC_VERSION = 0x8000_0000L;
    private static final long ARCH_FEATURES = 0x8000_0001L;
    private static final long PSCI_FEATURES = 0x8400_000aL;
    private static final long PV_TIME_FEATURES = 0xc500_0020L;
    private static final long PV_TIME_ST = 0xc500_0021L;
    private static final long SYSTEM_OFF = 0x8400_0008L;
    private static final long NOT_SUPPORTED = -1;

    @TempDir
    Path temp;

    private int runs;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static FakeEngines.Step call(Conduit conduit, ExecutionState state, long function, long argument) {
        return registers -> {
            registers[0] = function;
            registers[1] = argument;
            return new HypercallExit(conduit, 0, state, 1, 4, true, GeneralRegisters.copyOf(registers));
        };
    }

    /// x0 of a FEATURES call, and of the queried call.
    private record Answers(long features, long call) {}

    private Answers ask(
            Policy policy,
            SortedMap<String, String> settings,
            Conduit conduit,
            ExecutionState state,
            long features,
            long asked,
            long called) {
        FakeEngines engines = new FakeEngines();
        // The last call turns the machine off by an existing conduit, or the run ends by its limit.
        engines.script(
                call(conduit, state, features, asked),
                call(conduit, state, called, PV_TIME_ST),
                call(Conduit.HVC, state, SYSTEM_OFF, 0),
                call(Conduit.SMC, state, SYSTEM_OFF, 0));
        MachineSpec plain = Specs.withVcpus(1).limit(200_000).spec();
        Path recording = temp.resolve("rec" + runs++);
        Machine.builder(engines, plain.with(new FirmwareSpec(policy, settings)))
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .recordTo(recording)
                .start(KIT.system())
                .done()
                .toCompletableFuture()
                .join();
        List<Long> x0 = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining((HistoryEntry entry) -> {
                if (entry.record() instanceof JournalRecord.Answer answer
                        && answer.registers().count() > 0) {
                    x0.add(answer.registers().value(0));
                }
            });
        }
        return new Answers(x0.get(0), x0.get(1));
    }

    private static List<Policy> policies() {
        return List.of(
                Policy.DEFAULT,
                Policy.DEFAULT.withResident("smccc"),
                Policy.DEFAULT.with("smccc", false),
                Policy.DEFAULT.with("smc", false),
                Policy.DEFAULT.with("hvc", false),
                Policy.DEFAULT.with("forward-unhandled", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"})
    void psciFeaturesOfSmcccVersionAgreesWithTheCall(String version) {
        for (Policy policy : policies()) {
            for (Conduit conduit : Conduit.values()) {
                for (ExecutionState state : ExecutionState.values()) {
                    Answers answers = ask(
                            policy,
                            new TreeMap<>(Map.of("smccc.version", version)),
                            conduit,
                            state,
                            PSCI_FEATURES,
                            SMCCC_VERSION,
                            SMCCC_VERSION);
                    assertThat(answers.features())
                            .as(
                                    "SMCCC %s by %s from %s under %s: the call answers %x",
                                    version, conduit, state, policy, answers.call())
                            .isEqualTo(
                                    isPsciReached(policy, conduit) && answers.call() != NOT_SUPPORTED
                                            ? 0
                                            : NOT_SUPPORTED);
                }
            }
        }
    }

    /// PSCI_FEATURES itself may be denied: then it cannot be compared.
    private static boolean isPsciReached(Policy policy, Conduit conduit) {
        return policy.isOn(conduit == Conduit.SMC ? "smc" : "hvc", true) && policy.isOn("forward-unhandled", true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "0x4000_0000", "0x9000_0000"})
    void archFeaturesOfPvTimeAgreesWithTheCall(String base) {
        for (boolean on : new boolean[] {true, false}) {
            Answers answers = ask(
                    Policy.DEFAULT.with("pv-time", on),
                    new TreeMap<>(Map.of("pv-time.base", base)),
                    Conduit.HVC,
                    ExecutionState.A64,
                    ARCH_FEATURES,
                    PV_TIME_FEATURES,
                    PV_TIME_FEATURES);
            boolean there = on && !base.equals("0x9000_0000");
            assertThat(answers)
                    .as("base %s, toggle %s", base, on)
                    .isEqualTo(new Answers(there ? 0 : NOT_SUPPORTED, there ? 0 : NOT_SUPPORTED));
        }
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.Console;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A slice that a vCPU settles directly with its machine leads to the same history as a slice that is settled by
/// messages.
@Tag("native")
class SettledInPlaceTest {

    /// Not the dispatcher of a machine: it cannot say whether its thread is quiet, so everything is done by
    /// messages.
    private static final String ONE_THREAD = """
        one-thread {
          executor = fork-join-executor
          fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
        }
        """;

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(
            Behaviors.empty(), "settled", ConfigFactory.parseString(ONE_THREAD).withFallback(ConfigFactory.load()));
    private static final UnicornEngines ENGINES = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));

    @AfterAll
    static void stop() {
        SYSTEM.terminate();
    }

    @ParameterizedTest
    @CsvSource({
        "hypercall-loop-1k, 1",
        "smp-hello, 4",
        "smp-race, 4",
        "smp-patch, 4",
        "smp-counter-t32, 4",
        "wfi-all, 4",
        "echo, 1",
        "reset, 2",
        "fault-write, 1",
        "conform-psci-suspend, 4",
        "conform-sdei-delivery, 4",
        "conform-trng, 1"
    })
    void theHistoryIsThatOfMessages(String guest, int vcpus) throws IOException {
        KeptHistory inPlace = new KeptHistory();
        KeptHistory byMessages = new KeptHistory();

        RunReport one = run(guest, vcpus, inPlace, MachineDispatchers.of(SYSTEM).borrow());
        RunReport other = run(guest, vcpus, byMessages, "one-thread");

        assertThat(inPlace.records).as("the history of %s", guest).isNotEmpty().isEqualTo(byMessages.records);
        assertThat(one.outcome()).as("how %s ended", guest).isEqualTo(other.outcome());
        assertThat(one.memoryDigest()).as("the memory after %s", guest).isEqualTo(other.memoryDigest());
        inPlace.assertEnded();
        byMessages.assertEnded();
    }

    private static RunReport run(String guest, int vcpus, KeptHistory history, String dispatcher) throws IOException {
        MachineSpec spec = MachineRuns.spec(
                vcpus,
                Schedule.RANDOM,
                7,
                Guests.width(guest + ".elf"),
                MachineRuns.spec(1, Schedule.RANDOM, 7).firmware().policy());
        Bytes script = Bytes.copyOf("some text\rq".getBytes(StandardCharsets.US_ASCII));
        MachineParts parts = new MachineAssembly(
                        ENGINES, spec, List.of(Guests.image(guest + ".elf")), FirmwareServices.onClassPath(), null)
                .assemble(
                        OperatorChoices.planned(spec, script, List.of()),
                        new Console((_, _) -> {}),
                        history,
                        new Controls(),
                        () -> {});
        CompletableFuture<RunReport> done = new CompletableFuture<>();
        SYSTEM.systemActorOf(
                        MachineActor.create(parts, done),
                        guest + "-" + dispatcher,
                        DispatcherSelector.fromConfig(dispatcher))
                .tell(MachineActor.Begin.INSTANCE);
        return done.join();
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.testkit.Guests;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Other threads never change the history of a machine: they may delay a grant, but not choose it.
@Tag("native")
class OtherThreadsTest {

    private static final int DELAYS = Boolean.getBoolean("trapline.full") ? 50 : 5;
    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "other-threads");
    private static final ScheduledExecutorService OTHER_THREAD = Executors.newSingleThreadScheduledExecutor();
    private static final UnicornEngines ENGINES = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));

    @AfterAll
    static void stop() {
        OTHER_THREAD.shutdown();
        SYSTEM.terminate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"smp-race.elf", "smp-patch.elf", "fp.elf", "wfi-all.elf", "hypercall-loop-1k.elf"})
    void creditThatComesLateDelaysTheHistoryAndChangesNothing(String guest) throws IOException {
        List<JournalRecord> prompt = history(guest, 0).records;
        for (int seed = 1; seed <= DELAYS; seed++) {
            UntimelyHistory late = history(guest, seed);
            assertThat(late.refusals)
                    .as("the machine had to wait: otherwise the test shows nothing")
                    .isPositive();
            assertThat(late.records)
                    .as("history of %s with delays of seed %d", guest, seed)
                    .isEqualTo(prompt);
        }
    }

    @Test
    void storageThatFailsEndsTheRunWithItsReason() throws IOException {
        UntimelyHistory history = new UntimelyHistory(1, OTHER_THREAD);
        MachineRun run = machine("spin.elf", history).start(SYSTEM);
        history.fail("the disk is full");
        assertThat(run.done().toCompletableFuture().join().outcome())
                .isEqualTo(new RunOutcome.StorageFailed("the disk is full"));
    }

    @Test
    void aRunWhoseActorSystemIsShutDownEndsAllTheSame() throws IOException {
        ActorSystem<Void> doomed = ActorSystem.create(Behaviors.empty(), "doomed");
        MachineRun run =
                machine("spin.elf", new UntimelyHistory(1, OTHER_THREAD)).start(doomed);
        doomed.terminate();
        assertThat(run.done().toCompletableFuture().join().outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.StorageFailed.class,
                        failed -> assertThat(failed.message()).contains("actor system was shut down"));
    }

    private static UntimelyHistory history(String guest, long seed) throws IOException {
        UntimelyHistory history = new UntimelyHistory(seed, OTHER_THREAD);
        machine(guest, history).start(SYSTEM).done().toCompletableFuture().join();
        return history;
    }

    private static Machine.Builder machine(String guest, UntimelyHistory history) throws IOException {
        MachineSpec spec = MachineRuns.spec(4, Schedule.RANDOM, 7);
        return Machine.builder(ENGINES, spec)
                .image(Guests.image(guest))
                .services(FirmwareServices.onClassPath())
                .history(history);
    }
}

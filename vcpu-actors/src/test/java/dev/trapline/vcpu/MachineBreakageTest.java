package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.entry;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.KeptHistory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After any failure in a machine, its run ends, reports the failure, and closes all resources.
class MachineBreakageTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final long CPU_ON = 0xc400_0003L;
    private static final long EXIT = 0xc600_1000L;

    private final FakeEngines engines = new FakeEngines();
    private final KeptHistory history = new KeptHistory();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private Machine.Builder machine(EngineFactory factory, int vcpus) {
        return Machine.builder(factory, Specs.withVcpus(vcpus).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .history(history);
    }

    private static RunOutcome outcome(Machine.Builder builder) {
        try {
            return builder.start(KIT.system())
                    .done()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS)
                    .outcome();
        } catch (Exception e) {
            throw new AssertionError("the run did not end", e);
        }
    }

    private static Consumer<RunOutcome.Broken> because(String reason) {
        return broken -> assertThat(broken.message()).contains(reason);
    }

    @Test
    void aConsoleThatThrowsEndsItsMachineWithTheReason() {
        RunOutcome outcome = outcome(machine(new Printing(), 1).console((_, _) -> {
            throw new IllegalStateException("nobody listens");
        }));
        assertThat(outcome).isInstanceOfSatisfying(RunOutcome.Broken.class, because("nobody listens"));
        history.assertClosedWithoutEnd();
    }

    @Test
    void aConsoleThatFailsAnAssertionEndsItsMachineWithTheReason() {
        RunOutcome outcome = outcome(machine(new Printing(), 1).console((_, _) -> {
            throw new AssertionError("not what was to be printed");
        }));
        assertThat(outcome).isInstanceOfSatisfying(RunOutcome.Broken.class, because("not what was to be printed"));
        history.assertClosedWithoutEnd();
    }

    @Test
    void nothingIsRecordedAfterTheEndAlthoughASliceWasUnderWay() {
        EngineFactory withoutVcpu5 = new Delegating() {
            @Override
            public Engine open(EngineSpec spec) {
                if ((spec.mpidr().affinity() & 0xff) == 5) {
                    throw new EngineException("no room for another engine");
                }
                return super.open(spec);
            }
        };
        // Four other vCPUs have their turns before the vCPU whose engine does not open.
        engines.script(
                        hvc(CPU_ON, 1, entry(1), 0),
                        hvc(CPU_ON, 2, entry(1), 0),
                        hvc(CPU_ON, 3, entry(1), 0),
                        hvc(CPU_ON, 4, entry(1), 0),
                        hvc(CPU_ON, 5, entry(1), 0))
                .script();
        RunOutcome outcome = outcome(machine(withoutVcpu5, 6));
        assertThat(outcome).isInstanceOfSatisfying(RunOutcome.Broken.class, because("no room for another engine"));
        history.assertClosedWithoutEnd();
    }

    @Test
    void aHistoryThatRefusesTheEndDoesNotKeepTheRunFromEnding() {
        engines.script(hvc(EXIT, 3));
        history.refuse(record -> {
            if (record instanceof JournalRecord.End) {
                throw new IllegalStateException("this record cannot be stored");
            }
        });
        assertThat(outcome(machine(engines, 1)))
                .isInstanceOfSatisfying(RunOutcome.Broken.class, because("this record cannot be stored"));
        assertThat(history.closes).isOne();
    }

    @Test
    void aHistoryThatCannotBeClosedSaysWhyInItsOwnWords() {
        engines.script(hvc(EXIT, 3));
        history.failToClose(new RecordingException(RecordingException.Kind.STORAGE, "the disk is full"));
        assertThat(outcome(machine(engines, 1)))
                .as("no class name, no wrapping")
                .isEqualTo(new RunOutcome.StorageFailed("the disk is full"));
    }

    @Test
    void aDamagedRecordingEndsItsReplayAsAFailureOfStorage() {
        engines.script(budget(), budget());
        history.refuse(_ -> {
            throw new RecordingDamagedException(7, Position.ofSlice(3), "its checksum is wrong");
        });
        assertThat(outcome(machine(engines, 1)))
                .isInstanceOfSatisfying(
                        RunOutcome.StorageFailed.class,
                        failed -> assertThat(failed.message()).contains("segment 7", "slice 3", "checksum"));
        assertThat(history.closes).isOne();
    }

    @Test
    void aRecordingThatCannotBeMadeCostsNoMemory(@TempDir Path taken) {
        List<MemorySegment> allocated = new ArrayList<>();
        EngineFactory counting = new Delegating() {
            @Override
            public MemorySegment allocateMemory(long bytes, Arena arena) {
                MemorySegment memory = super.allocateMemory(bytes, arena);
                allocated.add(memory);
                return memory;
            }
        };
        Machine.Builder builder = Machine.builder(counting, Specs.withVcpus(1).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .recordTo(taken);
        assertThatThrownBy(() -> builder.start(KIT.system())).isInstanceOf(RecordingException.class);
        assertThat(allocated)
                .isNotEmpty()
                .allSatisfy(memory -> assertThat(memory.scope().isAlive())
                        .as("the memory of a machine that was not created")
                        .isFalse());
    }

    /// Engines whose first slice prints a byte.
    private final class Printing extends Delegating {
        @Override
        public Engine open(EngineSpec spec) {
            for (MemoryMap.Region region : spec.memory().regions()) {
                if (region instanceof MemoryMap.Device(long _, long _, MmioDevice console)) {
                    engines.script(_ -> {
                        console.write(0, 1, 'x');
                        return Exit.BudgetUsed.INSTANCE;
                    });
                }
            }
            return super.open(spec);
        }
    }

    private class Delegating implements EngineFactory {
        @Override
        public Engine open(EngineSpec spec) {
            return engines.open(spec);
        }

        @Override
        public EngineLibrary library() {
            return engines.library();
        }
    }
}

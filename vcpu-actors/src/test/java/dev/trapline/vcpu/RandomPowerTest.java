package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random calls of PSCI and SDEI, waits, timers, interrupts and events on four vCPUs: firmware and machine always agree
/// on which vCPUs are on, wait or run a handler, every run ends for a valid reason, and every run replays.
class RandomPowerTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 2_000 : 200;

    /// The history does not depend on how it is stored, so the durabilities are used in turn.
    private static final Durability[] DURABILITIES = Durability.values();

    private static final int VCPUS = 4;
    private static final int SCRIPTS = 8;
    private static final int STEPS = 120;
    private static final long LIMIT = 100_000;

    /// PSCI: CPU_ON, CPU_OFF, AFFINITY_INFO, CPU_SUSPEND, CPU_FREEZE, CPU_DEFAULT_SUSPEND, SYSTEM_SUSPEND,
    /// SET_SUSPEND_MODE, NODE_HW_STATE.
    private static final long[] PSCI = {
        0xc400_0003L,
        0xc400_0003L,
        0x8400_0002L,
        0xc400_0004L,
        0xc400_0001L,
        0xc400_0001L,
        0x8400_000bL,
        0xc400_000cL,
        0xc400_000eL,
        0x8400_000fL,
        0xc400_000dL
    };

    /// The states that a machine has by default, of a core, a cluster and the system.
    private static final long[] STATES = {0x1, 0x1_0002, 0x101_0022, 0x201_0222};

    /// SDEI: EVENT_REGISTER to SHARED_RESET, the events 0, 804 and 805.
    private static final long FIRST_SDEI = 0xc400_0020L;

    private static final int SDEI_CALLS = 19;
    private static final long[] EVENTS = {0, 804, 805};

    @TempDir
    Path temp;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void whateverIsCalledAndInjectedFirmwareAndMachineAgreeAndTheRunReplays() {
        int deadlocks = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Path recording = temp.resolve("rec-" + seed);
            Machine.Builder live = Machine.builder(
                            engines(seed),
                            Specs.withVcpus(VCPUS).random(seed).limit(LIMIT).spec())
                    .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                    .services(FirmwareServices.onClassPath())
                    .recordTo(recording)
                    .storage(StoragePolicy.DEFAULT.with(DURABILITIES[(int) (seed % DURABILITIES.length)]));
            injections(new Random(~seed), live);
            RunReport first = finish(live);
            assertThat(first.outcome())
                    .as("seed %d: the guest ended the run, and no internal error occurred", seed)
                    .isInstanceOfAny(
                            RunOutcome.Deadlock.class, RunOutcome.LimitReached.class, RunOutcome.PoweredOff.class);
            deadlocks += first.outcome() instanceof RunOutcome.Deadlock ? 1 : 0;
            RunReport replayed = finish(Machine.replay(engines(seed), Recordings.open(recording, OpenOptions.STRICT))
                    .services(FirmwareServices.onClassPath()));
            assertThat(replayed.outcome()).as("seed %d, replayed", seed).isEqualTo(first.outcome());
            assertThat(replayed.progress()).as("seed %d, replayed", seed).isEqualTo(first.progress());
        }
        assertThat(deadlocks).as("both kinds of end occurred").isBetween(1, SEEDS - 1);
    }

    private static RunReport finish(Machine.Builder machine) {
        return machine.start(KIT.system()).done().toCompletableFuture().join();
    }

    private static void injections(Random random, Machine.Builder machine) {
        for (int left = 30; left > 0; left--) {
            VcpuId vcpu = new VcpuId(random.nextInt(VCPUS));
            Injection what = random.nextBoolean()
                    ? new Injection.WakeUp(vcpu)
                    : new Injection.Event(vcpu, EVENTS[random.nextInt(EVENTS.length)]);
            Moment when = random.nextBoolean()
                    ? new Moment.AtSlice(random.nextInt(400))
                    : new Moment.AtTime(random.nextInt(1_000_000));
            machine.inject(new PlannedInjection(what, when));
        }
    }

    private static FakeEngines engines(long seed) {
        Random random = new Random(seed);
        FakeEngines engines = new FakeEngines();
        for (int script = 0; script < SCRIPTS; script++) {
            Step[] steps = new Step[STEPS];
            for (int n = 0; n < STEPS; n++) {
                steps[n] = step(engines, random);
            }
            engines.script(steps);
        }
        return engines;
    }

    private static Step step(FakeEngines engines, Random random) {
        Step step = switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> psci(random);
            case 4, 5, 6, 7 -> sdei(random);
            case 8 -> FakeEngines.wfi();
            default -> FakeEngines.budget();
        };
        return random.nextInt(3) == 0 ? engines.timerIn(random.nextInt(50_000), step) : step;
    }

    private static Step psci(Random random) {
        long function = PSCI[random.nextInt(PSCI.length)];
        long entry = FakeEngines.entry(random.nextInt(SCRIPTS));
        long target = random.nextInt(VCPUS + 1);
        return switch ((int) function) {
            case 0xc400_0001 -> FakeEngines.hvc(function, STATES[random.nextInt(STATES.length)], entry, 7);
            case 0xc400_000c, 0xc400_000e -> FakeEngines.hvc(function, entry, 7);
            case 0x8400_000f -> FakeEngines.hvc(function, random.nextInt(2));
            case 0xc400_0004, 0xc400_000d -> FakeEngines.hvc(function, target, random.nextInt(3));
            default -> FakeEngines.hvc(function, target, entry, 7);
        };
    }

    private static Step sdei(Random random) {
        long function = FIRST_SDEI + random.nextInt(SDEI_CALLS);
        long event = EVENTS[random.nextInt(EVENTS.length)];
        long entry = FakeEngines.entry(random.nextInt(SCRIPTS));
        return switch ((int) function) {
            case 0xc400_0021 -> FakeEngines.hvc(function, event, entry, 1, random.nextInt(2), random.nextInt(VCPUS));
            case 0xc400_0026 -> FakeEngines.hvc(function, entry);
            case 0xc400_002f -> FakeEngines.hvc(function, 0, random.nextInt(VCPUS));
            default -> FakeEngines.hvc(function, event);
        };
    }
}

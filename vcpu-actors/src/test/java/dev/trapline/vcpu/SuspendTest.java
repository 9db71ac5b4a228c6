package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.entry;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.FakeEngines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Waiting, waking, and virtual time while no vCPU can run: in a run and in its replay.
class SuspendTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final long DO = 0xc600_2000L;
    private static final long SYSTEM_OFF = 0x8400_0008L;
    private static final VcpuId ZERO = VcpuId.BOOT;
    private static final VcpuId ONE = new VcpuId(1);

    @TempDir
    Path temp;

    private final FakeEngines engines = new FakeEngines();
    private final List<String> heard = new ArrayList<>();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    /// A service whose call number n has effect number n.
    private final class Doing implements FirmwareService<Integer> {
        private final List<Effect> effects;

        private Doing(Effect... effects) {
            this.effects = List.of(effects);
        }

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor(
                    "doing", "1", List.of(Claim.of(new FunctionId((int) DO))), List.of(), List.of());
        }

        @Override
        public Integer start(ServiceContext context) {
            return 0;
        }

        @Override
        public Reply<Integer> apply(Integer calls, ServiceCall call, GuestMemory memory) {
            heard.add("call at " + call.time());
            return new Reply<>(calls + 1, RegisterWrites.x0(0x55), List.of(effects.get(calls)));
        }

        @Override
        public Reaction<Integer> notice(Integer calls, MachineEvent event) {
            heard.add(event.toString());
            return Reaction.of(calls);
        }
    }

    private Machine.Builder machine(int vcpus, Doing service) {
        return machine(Specs.withVcpus(vcpus), service);
    }

    private Machine.Builder machine(Specs specs, Doing service) {
        return Machine.builder(engines, specs.spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .service(service);
    }

    /// Records a run, replays it, and compares the two.
    private RunReport runAndReplay(Machine.Builder machine, Doing again) {
        Path recording = temp.resolve("rec");
        RunReport live = finish(machine.recordTo(recording));
        List<String> log = List.copyOf(engines.log);
        List<String> events = List.copyOf(heard);
        engines.log.clear();
        heard.clear();
        RunReport replayed = finish(Machine.replay(engines, Recordings.open(recording, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath())
                .service(again));
        assertThat(replayed.outcome()).as("the replay ends as the run did").isEqualTo(live.outcome());
        assertThat(engines.log)
                .as("the engines get the same calls in the replay")
                .isEqualTo(log);
        assertThat(heard).as("the service gets the same events in the replay").isEqualTo(events);
        return live;
    }

    private static RunReport finish(Machine.Builder machine) {
        return machine.start(KIT.system()).done().toCompletableFuture().join();
    }

    private Stream<JournalRecord> records() {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(temp.resolve("rec"), OpenOptions.STRICT)) {
            reader.entries().forEachRemaining((HistoryEntry entry) -> records.add(entry.record()));
        }
        return records.stream();
    }

    private static PlannedInjection at(VcpuId vcpu, long ticks) {
        return new PlannedInjection(new Injection.WakeUp(vcpu), new Moment.AtTime(ticks));
    }

    @Test
    void wfiEndsWhenTheTimerAssertsAndTimeJumpsThere() {
        engines.script(engines.timer(1_000_000, wfi()), engines.timer(Long.MAX_VALUE, hvc(SYSTEM_OFF)));
        runAndReplay(machine(1, new Doing()), new Doing());
        assertThat(engines.log).containsSubsequence("cpu0 runs 20000 at 0", "cpu0 runs 20000 at 1000000");
        assertThat(records().filter(JournalRecord.Round.class::isInstance))
                .as("the jump is recorded")
                .containsExactly(new JournalRecord.Round(1_000_000, 1_020_000));
    }

    @Test
    void aPlannedInterruptEndsAWaitAndTheRecordingReplays() {
        engines.script(wfi(), wfi(), hvc(SYSTEM_OFF));
        runAndReplay(
                machine(1, new Doing())
                        .inject(at(ZERO, 5_000))
                        .inject(new PlannedInjection(new Injection.WakeUp(ZERO), new Moment.AtSlice(2))),
                new Doing());
        assertThat(engines.log)
                .as("the first by time, the second at once since two slices have ended")
                .containsSubsequence("cpu0 runs 5000 at 0", "cpu0 runs 20000 at 5000", "cpu0 runs 19999 at 5001");
    }

    @Test
    void anInterruptBeforeTheWaitEndsItAtOnce() {
        engines.script(budget(), wfi(), hvc(SYSTEM_OFF));
        RunReport report = runAndReplay(machine(1, new Doing()).inject(at(ZERO, 1)), new Doing());
        assertThat(report.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(records().filter(JournalRecord.Round.class::isInstance))
                .as("no time passed idly: a round ends where the interrupt is planned, and that is all")
                .containsExactly(new JournalRecord.Round(0, 1));
    }

    @Test
    void standbyKeepsTheRegistersAndReturnsAfterTheCall() {
        engines.script(engines.timer(9_000, hvc(DO)), hvc(SYSTEM_OFF));
        runAndReplay(machine(1, new Doing(new Effect.Standby(ZERO))), new Doing(new Effect.Standby(ZERO)));
        assertThat(engines.log)
                .containsExactly(
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 20000 at 0",
                        "cpu0 gets x0=0x55",
                        "cpu0 runs 11000 at 9000",
                        "cpu0 closes");
        assertThat(heard).containsExactly("Started[]", "call at 1", "Woken[vcpu=vcpu0, time=9000, lostPower=false]");
    }

    @Test
    void powerDownLosesTheRegistersAndResumesAtTheEntryWithTheContext() {
        Effect down = new Effect.PowerDown(ZERO, entry(1), 0x77);
        engines.script(engines.timer(9_000, hvc(DO))).script(hvc(SYSTEM_OFF));
        runAndReplay(machine(1, new Doing(down)), new Doing(down));
        assertThat(engines.log)
                .as("the old engine is kept until the CPU resumes")
                .containsExactly(
                        "open 0x80000000",
                        "cpu0 gets x0=0x0",
                        "cpu0 runs 20000 at 0",
                        "open 0x80000000",
                        "cpu0 closes",
                        "cpu0 gets x0=0x77",
                        "cpu0 has timers again",
                        "cpu0 runs 11000 at 9000",
                        "cpu0 closes");
    }

    @Test
    void powerDownWithAnInterruptPendingReturnsInPlace() {
        Effect down = new Effect.PowerDown(ZERO, entry(1), 0x77);
        engines.script(engines.timer(0, hvc(DO)), hvc(SYSTEM_OFF)).script(budget());
        runAndReplay(machine(1, new Doing(down)), new Doing(down));
        assertThat(engines.log)
                .as("its engine was never closed, and it got the reply")
                .containsSubsequence("cpu0 runs 20000 at 0", "cpu0 gets x0=0x55", "cpu0 runs 19899 at 101");
        assertThat(heard)
                .as("it was in no idle state, so it was not woken from one either")
                .containsExactly("Started[]", "call at 1", "StayedAwake[vcpu=vcpu0, time=101]");
        assertThat(effects()).as("the recording contains it").containsExactly(new Effect.StayAwake(ZERO));
    }

    @Test
    void standbyWithAnInterruptPendingIsNoStandbyEither() {
        engines.script(budget(), hvc(DO), hvc(SYSTEM_OFF));
        runAndReplay(
                machine(1, new Doing(new Effect.Standby(ZERO))).inject(at(ZERO, 1)),
                new Doing(new Effect.Standby(ZERO)));
        assertThat(heard)
                .as("the interrupt came before the call")
                .containsExactly("Started[]", "call at 2", "StayedAwake[vcpu=vcpu0, time=102]");
        assertThat(effects()).containsExactly(new Effect.StayAwake(ZERO));
        assertThat(records().filter(JournalRecord.Round.class::isInstance))
                .as("no time passed: a round ends where the interrupt is planned, and that is all")
                .containsExactly(new JournalRecord.Round(0, 1));
    }

    @Test
    void theInterruptThatKeptAVcpuAwakeIsUsedUp() {
        Effect[] twice = {new Effect.Standby(ZERO), new Effect.Standby(ZERO)};
        engines.script(budget(), engines.timer(500_000, hvc(DO)), hvc(DO), hvc(SYSTEM_OFF));
        runAndReplay(machine(1, new Doing(twice)).inject(at(ZERO, 1)), new Doing(twice));
        assertThat(effects())
                .as("the second standby waits for the timer")
                .containsExactly(new Effect.StayAwake(ZERO), new Effect.Standby(ZERO));
    }

    @Test
    void aVcpuResumesWithTheByteOrderThatTheEffectSays() {
        Effect down = new Effect.PowerDown(ZERO, entry(1), 0x77, DataOrder.BIG_ON_EXCEPTION);
        engines.script(engines.timer(500_000, hvc(DO))).script(hvc(SYSTEM_OFF));
        runAndReplay(machine(1, new Doing(down)), new Doing(down));
        assertThat(engines.log).containsSubsequence("cpu0 closes", "cpu0 has data order BIG_ON_EXCEPTION");
    }

    @Test
    void aVcpuStartsWithTheByteOrderThatTheEffectSays() {
        Effect on = new Effect.PowerOn(ONE, entry(1), 3, 0, DataOrder.BIG);
        engines.script(hvc(DO), wfi()).script(hvc(SYSTEM_OFF));
        runAndReplay(machine(2, new Doing(on)), new Doing(on));
        assertThat(engines.log).containsSubsequence("open 0x80000001", "cpu1 has data order BIG");
    }

    private Stream<Effect> effects() {
        return records()
                .filter(JournalRecord.Answer.class::isInstance)
                .flatMap(answer -> ((JournalRecord.Answer) answer).effects().stream())
                .filter(effect -> !(effect instanceof Effect.SystemOff));
    }

    @Test
    void aPendingPowerOnDelaysTheFirstSlice() {
        Effect on = new Effect.PowerOn(ONE, entry(1), 3, 50_000);
        engines.script(hvc(DO), wfi()).script(hvc(SYSTEM_OFF));
        runAndReplay(machine(2, new Doing(on)), new Doing(on));
        assertThat(engines.log).containsSubsequence("cpu0 runs 19899 at 101", "cpu1 runs 20000 at 50000");
    }

    @Test
    void whoWaitsWithNothingToComeIsADeadlockThatSaysHow() {
        Effect down = new Effect.PowerDown(ONE, entry(1), 0);
        engines.script(hvc(0xc400_0003L, 1, entry(1), 0), budget(), hvc(DO), wfi())
                .script(budget());
        RunReport report = runAndReplay(machine(2, new Doing(down)), new Doing(down));
        assertThat(report.outcome())
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED, VcpuState.POWERED_DOWN)));
    }

    @Test
    void entropyIsDrawnAtTheNextBoundaryRecordedAndNotDrawnInAReplay() {
        Effect draw = new Effect.DrawEntropy(3);
        engines.script(hvc(DO), hvc(SYSTEM_OFF));
        EntropySource source = (_, bytes) -> Bytes.copyOf(new byte[] {7, 8, 9}, 0, bytes);
        runAndReplay(machine(1, new Doing(draw)).entropy(source), new Doing(draw));
        assertThat(records()
                        .filter(record -> record instanceof JournalRecord.Entropy entropy
                                && entropy.service().equals("doing")))
                .containsExactly(new JournalRecord.Entropy("doing", Bytes.copyOf(new byte[] {7, 8, 9})));
        assertThat(heard).as("before any vCPU continues").last().asString().startsWith("Entropy[");
    }

    @Test
    void theSeedDecidesTheEntropyWhereNoSourceIsGiven() {
        Effect draw = new Effect.DrawEntropy(24);
        engines.script(hvc(DO), hvc(SYSTEM_OFF));
        finish(machine(1, new Doing(draw)));
        List<String> first = List.copyOf(heard);
        heard.clear();
        finish(machine(1, new Doing(draw)));
        assertThat(heard).as("the same seed, the same entropy").isEqualTo(first);
        heard.clear();
        finish(machine(Specs.withVcpus(1).random(4), new Doing(draw)));
        assertThat(heard).as("another seed, other entropy").hasSameSizeAs(first).isNotEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource
    void stolenTimeIsThatInWhichTheSchedulePassedAVcpuOver(Schedule schedule) {
        Effect share = new Effect.ShareStolenTime(ZERO, 0x4000_1008L);
        engines.script(hvc(0xc400_0003L, 1, entry(1), 0), hvc(DO)).script();
        Specs specs = Specs.withVcpus(2).limit(400_000);
        Machine.Builder machine = machine(schedule == Schedule.RANDOM ? specs.random(4) : specs, new Doing(share));
        runAndReplay(machine, new Doing(share));
        List<String> written = engines.log.stream()
                .filter(line -> line.startsWith("cpu0 drops"))
                .toList();
        assertThat(written)
                .as("when it is requested, and before each slice in which it has grown: code there is translated again")
                .containsOnly("cpu0 drops 0x40001008+8");
        switch (schedule) {
            case ROUND_ROBIN ->
                assertThat(written).as("each has its turn in every round").hasSize(1);
            case RANDOM -> assertThat(written).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aWarmResetStartsAgainAndTellsServices() {
        Effect reset = new Effect.SystemReset(Effect.SystemReset.Reset.WARM);
        int[] starts = {0};
        engines.script(registers -> (starts[0]++ % 2 == 0 ? hvc(DO) : hvc(SYSTEM_OFF)).apply(registers));
        runAndReplay(machine(1, new Doing(reset)), new Doing(reset));
        assertThat(heard).startsWith("Started[]", "call at 1", "Started[]");
    }

    @Test
    void anInjectionForNobodyIsRefusedBeforeTheRun() {
        assertThatThrownBy(() ->
                        machine(2, new Doing()).inject(at(new VcpuId(2), 0)).start(KIT.system()))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("an injection for vcpu2: this machine has 2 vCPUs");
        PlannedInjection unknown = new PlannedInjection(new Injection.Event(ZERO, 999), new Moment.AtSlice(1));
        assertThatThrownBy(() -> machine(2, new Doing()).inject(unknown).start(KIT.system()))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("no service knows event 999; there are: 0, 804, 805, 1000, 1001, 1002, 2000, 2001, 2002");
    }
}

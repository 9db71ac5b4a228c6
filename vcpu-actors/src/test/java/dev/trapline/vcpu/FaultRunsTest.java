package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.Guests;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs of real guests in which calls go wrong.
@Tag("native")
class FaultRunsTest {

    private static final int PLANS = Boolean.getBoolean("trapline.full") ? 200 : 3;
    private static final FunctionId AFFINITY_INFO = new FunctionId(0xC400_0004);
    private static final RegisterWrites INTERNAL_FAILURE = RegisterWrites.x0(-6);

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static MachineSpec spec(String guest, long seed, Policy policy) {
        return MachineRuns.smallSpec(guest, seed, 3_000_000).withPolicy(policy);
    }

    /// A plan of any kinds of fault, most of which meet something.
    private static FaultPlan anyPlan(Random random, boolean aarch32) {
        List<FaultRule> rules = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            Set<VcpuId> vcpus = new TreeSet<>();
            if (random.nextInt(3) == 0) {
                vcpus.add(new VcpuId(random.nextInt(4)));
            }
            CallPattern where = CallPattern.ANY
                    .by(vcpus)
                    .to(random.nextInt(3) == 0 ? Set.of("psci") : Set.of())
                    .of(random.nextInt(4) == 0 ? List.of(new Functions.Owner(4)) : List.of());
            Occasion when = Occasion.ALWAYS
                    .every(1 + random.nextInt(5))
                    .withProbability(random.nextBoolean() ? 1 : 0.3)
                    .atMost(1 + random.nextInt(30));
            rules.add(new FaultRule("fault" + n, where, when, anyFault(random, aarch32)));
        }
        Moments moments = new Moments(new Moment.AtTime(random.nextInt(2_000)), 1 + random.nextInt(20_000));
        rules.add(new FaultRule("at-times", moments, Occasion.ALWAYS.atMost(20), anyUpset(random, aarch32)));
        CallPattern psci = CallPattern.ANY.to(Set.of("psci"));
        rules.add(new FaultRule("behind", psci, Occasion.ALWAYS.every(5).atMost(9), anyUpset(random, aarch32)));
        Moments slice = Moments.once(new Moment.AtSlice(random.nextInt(50)));
        rules.add(new FaultRule("once", slice, Occasion.ALWAYS, anyUpset(random, aarch32)));
        InputPattern entropy = new InputPattern(InputPattern.Kind.ENTROPY);
        rules.add(new FaultRule("dry", entropy, Occasion.ALWAYS.withProbability(0.5), InputFault.DROPPED));
        return new FaultPlan(rules);
    }

    /// Registers and memory that do not end the run at once, mostly.
    private static MachineFault anyUpset(Random random, boolean aarch32) {
        MachineFault.Targets targets = switch (random.nextInt(3)) {
            case 0 -> MachineFault.Targets.ALL;
            case 1 -> MachineFault.Targets.of(new VcpuId(random.nextInt(4)));
            default -> MachineFault.Targets.USUAL;
        };
        return switch (random.nextInt(6)) {
            case 0 -> new MachineFault.FlippedMemory(0x400c_0000L, 0x400f_ffffL, 0);
            case 1 -> new MachineFault.FlippedRegister(targets, aarch32 ? 12 : 28, 0);
            case 2 -> new MachineFault.Held(targets, 1 + random.nextInt(50_000));
            case 3 -> new MachineFault.SpuriousWakeUp(targets);
            case 4 -> new MachineFault.SpuriousInterrupt(targets, random.nextInt(1000));
            default -> new MachineFault.DroppedInterrupt(targets, random.nextInt(1000));
        };
    }

    private static CallFault anyFault(Random random, boolean aarch32) {
        int last = aarch32 ? 14 : 30;
        RegisterWrites writes = RegisterWrites.NONE.and(1 + random.nextInt(last), random.nextInt(100));
        return switch (random.nextInt(10)) {
            case 0 -> new CallFault.Refused(RegisterWrites.x0(-random.nextInt(9)));
            case 1 -> new CallFault.WrongArgument(writes);
            case 2 -> new CallFault.WrongResult(writes.and(0, random.nextInt(4) - 2));
            case 3 -> new CallFault.Late(1 + random.nextInt(50_000));
            case 4 -> new CallFault.Lost(1 + random.nextInt(50_000));
            case 5 -> new CallFault.Lost(CallFault.FOREVER);
            case 6 -> new CallFault.Repeated();
            case 7 -> new CallFault.Forgotten();
            default ->
                new CallFault.Crashed(
                        List.of(CallFault.Crashed.When.values()).get(random.nextInt(3)),
                        RegisterWrites.x0(random.nextInt(3) - 3));
        };
    }

    private static long fired(Finished finished) {
        return finished.report().unused().faults().stream()
                .mapToLong(Choices.FaultCount::fired)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smp-hello.elf",
                "smp-hello-a32.elf",
                "smp-hello-t32.elf",
                "conform-psci-cpus.elf",
                "conform-psci-suspend.elf",
                "conform-sdei-delivery.elf",
                "conform-trng.elf",
                "conform-smccc.elf"
            })
    void anyPlanIsRecordedReplayedSoughtAndRepeatedWithEqualDigests(String guest) throws Exception {
        boolean aarch32 = guest.contains("a32") || guest.contains("t32");
        long all = 0;
        for (int seed = 1; seed <= PLANS; seed++) {
            FaultPlan plan = anyPlan(new Random(seed), aarch32);
            MachineSpec spec = spec(guest, seed % 2, Policy.DEFAULT.withResident("smccc"));
            Path recording = directory.resolve("rec-" + seed);
            Finished recorded = RUNS.record(spec, Guests.image(guest), plan, recording);
            all += fired(recorded);
            MachineRuns.assertEqual(RUNS.replay(recording), recorded, plan + " replayed");
            MachineRuns.assertEqual(RUNS.run(spec, Guests.image(guest), plan), recorded, plan + " again");
            Finished inPlace = RUNS.run(spec.withPolicy(everyServiceButPsciInPlace()), Guests.image(guest), plan);
            MachineRuns.assertEqual(inPlace, recorded, plan + " with services in place");
            Playback playback = RUNS.playback(recording, (_, _) -> {});
            int step = (int) (recorded.report().position().slice() / 8) + 1;
            MachineRuns.assertRepeatsFromCheckpoints(playback, recorded, step);
        }
        assertThat(all).as("faults that happened").isPositive();
    }

    /// PSCI has another version in place, as with KVM.
    private static Policy everyServiceButPsciInPlace() {
        Policy policy = Policy.DEFAULT;
        for (FirmwareService<?> service : FirmwareServices.onClassPath()) {
            String name = service.descriptor().name();
            policy = name.equals("psci") ? policy : policy.withResident(name);
        }
        return policy;
    }

    @Test
    void theActorOfAServiceThatCrashesIsReplacedAndNobodyNotices() throws Exception {
        FaultPlan plan = FaultPlan.of(new FaultRule(
                "dies",
                CallPattern.ANY,
                Occasion.ALWAYS,
                new CallFault.Crashed(CallFault.Crashed.When.AFTER, INTERNAL_FAILURE)));
        MachineSpec spec = spec("smp-hello.elf", 0, Policy.DEFAULT);
        Finished plain = RUNS.run(spec, Guests.image("smp-hello.elf"), "");
        Finished faulty = RUNS.run(spec, Guests.image("smp-hello.elf"), plan);
        assertThat(fired(faulty))
                .as("each call, but the last one, behind which there is nothing")
                .isEqualTo(faulty.report().progress().hypercalls());
        MachineRuns.assertEqual(faulty, plain, "a run in which the actors crash behind each call");
    }

    @Test
    void aRefusedCallGoesOnForTheGuestAsAnErrorOfTheFirmware() throws Exception {
        FaultPlan plan = FaultPlan.of(new FaultRule(
                "no",
                CallPattern.ANY.of(List.of(new Functions.One(AFFINITY_INFO))).through(Set.of(Conduit.HVC)),
                Occasion.nth(1),
                new CallFault.Refused(INTERNAL_FAILURE)));
        Finished finished = RUNS.run(spec("smp-hello.elf", 0, Policy.DEFAULT), Guests.image("smp-hello.elf"), plan);
        assertThat(fired(finished)).isEqualTo(1);
        assertThat(finished.console()).as("the guest counts the vCPUs with it").doesNotContain("4 vCPUs");
    }

    /// All vCPUs are held at some moments, for longer than until the next one.
    private static FaultPlan heldAgainAndAgain(long interval, long ticks) {
        return FaultPlan.of(new FaultRule(
                "held",
                new Moments(new Moment.AtTime(0), interval),
                Occasion.ALWAYS,
                new MachineFault.Held(MachineFault.Targets.ALL, ticks)));
    }

    @Test
    void aGuestThatIsHeldAgainAndAgainIsRecorded() throws Exception {
        FaultPlan plan = heldAgainAndAgain(24, 30);
        MachineSpec spec = spec("smp-hello.elf", 0, Policy.DEFAULT);
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(spec, Guests.image("smp-hello.elf"), plan, recording);
        assertThat(fired(recorded)).isGreaterThan(1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        MachineRuns.assertEqual(RUNS.run(spec, Guests.image("smp-hello.elf"), plan), recorded, "not recorded");
    }

    /// The interrupts are for a vCPU that is off, so nothing happens at their times.
    @Test
    void manyRecordsWithoutAnInstructionWaitForTheirStore() throws Exception {
        List<PlannedInjection> planned = new ArrayList<>();
        for (long time = 1; time <= 600_000; time++) {
            planned.add(new PlannedInjection(new Injection.WakeUp(new VcpuId(3)), new Moment.AtTime(100_000 + time)));
        }
        MachineSpec spec = spec("wfi-all.elf", 0, Policy.DEFAULT);
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(spec, Guests.image("wfi-all.elf"), planned, recording);
        assertThat(recorded.report().unused().injections()).isEmpty();
        assertThat(recorded.report().outcome()).isInstanceOf(RunOutcome.Deadlock.class);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }

    @Test
    void aGuestThatIsHeldAgainAndAgainStillReachesItsLimit() throws Exception {
        MachineSpec plain = MachineRuns.smallSpec("spin.elf", 0, 1_000_000);
        Finished finished = RUNS.run(plain, Guests.image("spin.elf"), heldAgainAndAgain(62_500, 125_000));
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
    }

    @Test
    void anEventIsDeliveredToAVcpuWhoseCallIsLate() throws Exception {
        FaultPlan plan = FaultPlan.of(new FaultRule(
                "slow", CallPattern.ANY.by(Set.of(new VcpuId(1))), Occasion.ALWAYS, new CallFault.Late(312_500)));
        String guest = "conform-sdei-cpus.elf";
        MachineSpec spec = MachineRuns.smallSpec(guest, 0, 50_000_000);
        Finished finished = RUNS.run(spec, Guests.image(guest), plan);
        assertThat(fired(finished)).isPositive();
        assertThat(finished.report().outcome())
                .as("the service has done nothing wrong")
                .isNotInstanceOf(RunOutcome.ServiceFailed.class);
    }

    @Test
    void aRuleThatCanNeverMeetACallIsAnErrorBeforeTheRun() {
        FaultPlan plan = FaultPlan.of(new FaultRule(
                "far",
                CallPattern.ANY.by(Set.of(new VcpuId(9))),
                Occasion.ALWAYS,
                new CallFault.Refused(INTERNAL_FAILURE)));
        MachineSpec spec = MachineRuns.spec(2, Schedule.ROUND_ROBIN, 0);
        assertThatThrownBy(() -> RUNS.run(spec, Guests.image("smp-hello.elf"), plan))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("Java: the fault 'far': the machine has no vCPU 9, it has 0 to 1");
    }

    @Test
    void aFaultOfACallFromT32CodeIsThatOfTheCaller() throws Exception {
        FaultPlan plan = FaultPlan.of(new FaultRule(
                "wrong",
                CallPattern.ANY,
                Occasion.ALWAYS.every(7),
                new CallFault.WrongResult(RegisterWrites.NONE.and(14, 3))));
        String guest = "smp-hello-t32.elf";
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(spec(guest, 0, Policy.DEFAULT), Guests.image(guest), plan, recording);
        assertThat(Guests.width(guest).toString()).isNotEqualTo(ExecutionState.A64.name());
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }
}

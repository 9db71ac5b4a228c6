package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.RegistryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A guest that makes arbitrary calls gets the answers that the registry's query predicts, its other registers and CPUs
/// are unchanged, and its recording replays.
@Tag("native")
class RandomCallsTest {

    private static final int VCPUS = 4;
    private static final int WORKERS = 16;
    private static final long SYSTEM_OFF = 0x8400_0008L;
    private static final long SYSTEM_RESET = 0x8400_0009L;
    private static final long CPU_OFF = 0x8400_0002L;
    private static final long EXIT = 0xc600_1000L;

    /// Calls that a service answers, and some that none does.
    private static final long[] DEFINED = {
        0x8400_0000L, 0x8400_0003L, 0xc400_0003L, 0xc400_0004L, 0x8400_0004L, 0x8400_000aL, 0x8400_0001L, 0xc400_0005L,
        0x8000_0000L, 0x8000_0001L, 0x8000_8000L, 0x8600_0000L, 0x8600_ff01L, 0xc600_1001L, 0x8600_1001L, 0x95c1_ba60L,
        0xc401_0003L, 0xc500_0020L, 0x8001_0000L, 0xc000_0002L, 0xc000_0003L, 0x8400_0063L, 0x8400_0064L, 0x8400_ff01L,
        0x8600_0001L
    };

    private static final Policy POLICY = Policy.DEFAULT
            .withResident("smccc")
            .withRules(List.of(
                    new Rule(
                            Match.of(new Functions.One(new FunctionId(0x8400_0004))),
                            new Action.Deny(),
                            "this test: 1"),
                    new Rule(Match.of(Conduit.SMC, 5), new Action.Forward("mailbox"), "this test: 2")));

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    Path temp;

    /// 100 000 calls in total, a third of them from each instruction set.
    @ParameterizedTest(name = "{1} calls from {0}, seed {3}")
    @CsvSource({
        "A64, 11200, 0x84000008, 1",
        "A64, 11200, 0x84000009, 2",
        "A64, 11200, 0xc6001000, 3",
        "A32, 16700, 0x84000008, 4",
        "A32, 16700, 0x84000009, 5",
        "T32, 16700, 0x84000008, 6",
        "T32, 16700, 0x84000009, 7"
    })
    void everyCallIsAnsweredAsTheQuerySaidAndTheRecordingReplays(
            ExecutionState state, int calls, String last, long seed) {
        CallProgram program = randomProgram(state, calls, Long.decode(last), new Random(seed));
        Path recording = temp.resolve("rec");
        MachineRuns.Finished live = RUNS.record(spec(state, POLICY), program.image(), "", recording);
        assertThat(live.report().outcome())
                .isEqualTo(
                        switch (last) {
                            case "0x84000008" -> new RunOutcome.PoweredOff();
                            case "0x84000009" ->
                                new RunOutcome.ResetRequested(Effect.SystemReset.Reset.COLD, new ResetRequest.Plain());
                            default -> new RunOutcome.Exited(42);
                        });

        CallOracle oracle = follow(recording, program, state, POLICY);
        assertThat(oracle.calls()).as("calls made").isGreaterThanOrEqualTo(calls);
        assertThat(oracle.started()).as("CPUs were started again and again").isGreaterThan(VCPUS);
        assertThat(oracle.done(0))
                .as("the boot CPU reached its end")
                .isEqualTo(program.routine(entry(state)).calls().size());
        for (int v = 1; v < VCPUS; v++) {
            assertThat(oracle.ended(v))
                    .as("how often vcpu%d reached the CPU_OFF of its routine", v)
                    .isPositive();
        }
        MachineRuns.assertEqual(RUNS.replay(recording), live, "replay of seed " + seed);
    }

    /// Calls of every owner, SMC32 and SMC64, by both conduits, from a CPU with a different pattern in each
    /// register.
    @ParameterizedTest
    @EnumSource(ExecutionState.class)
    void whatAReturnDoesNotNameKeepsItsValueForEveryOwnerAndBothConduits(ExecutionState state) {
        CallProgram program = new CallProgram(state);
        program.begin();
        Random random = new Random(8);
        for (int owner = 0; owner < 64; owner++) {
            for (long width : new long[] {0x8000_0000L, 0xc000_0000L, 0, 0x4000_0000L}) {
                for (int number : new int[] {0x0000, 0x0001, 0x0fff, 0xff01}) {
                    for (Conduit conduit : Conduit.values()) {
                        List<CallProgram.Load> loads = pattern(state, random);
                        loads.add(new CallProgram.Load(0, width | ((long) owner << 24) | number));
                        program.call(loads, conduit, 0);
                    }
                }
            }
        }
        program.call(List.of(new CallProgram.Load(0, SYSTEM_OFF)), Conduit.HVC, 0);
        Path recording = temp.resolve("rec");
        MachineRuns.Finished live = RUNS.record(spec(state, POLICY), program.image(), "", recording);
        assertThat(live.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(follow(recording, program, state, POLICY).calls()).isEqualTo(64 * 4 * 4 * 2 + 1);
    }

    /// Calls of guests under random rules. The rules do not apply to the calls at the ends of routines.
    @ParameterizedTest(name = "policy {0} from {1}")
    @CsvSource({"1, A64", "2, A64", "3, A64", "4, A32", "5, A32", "6, T32", "7, T32", "8, A64"})
    void underARandomPolicyEveryCallIsAnsweredAsTheQuerySaid(long seed, ExecutionState state) {
        Random random = new Random(seed);
        Policy policy = randomPolicy(random);
        CallProgram program = randomProgram(state, 1000, SYSTEM_OFF, random);
        Path recording = temp.resolve("rec");
        MachineRuns.Finished live = RUNS.record(spec(state, policy), program.image(), "", recording);
        assertThat(live.report().outcome()).as("under %s", policy).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(follow(recording, program, state, policy).calls()).isGreaterThanOrEqualTo(1000);
    }

    private static Policy randomPolicy(Random random) {
        List<Rule> rules = new ArrayList<>();
        for (long end : new long[] {CPU_OFF, SYSTEM_OFF}) {
            rules.add(new Rule(
                    Match.of(new Functions.One(new FunctionId((int) end))), new Action.Forward("psci"), "the end"));
        }
        Policy policy = Policy.DEFAULT.withResident("smccc").withRules(rules);
        for (int n = 0; n < 40; n++) {
            rules.add(randomRule(random, n));
            Policy longer = policy.withRules(rules);
            try {
                CapabilityRegistry.of(services(), longer);
                policy = longer;
            } catch (RegistryException e) {
                rules.removeLast();
            }
        }
        assertThat(policy.rules()).as("rules that do not contradict each other").hasSizeGreaterThan(10);
        return policy;
    }

    private static Rule randomRule(Random random, int line) {
        FunctionId function = new FunctionId((int) DEFINED[random.nextInt(DEFINED.length)]);
        Functions functions = switch (random.nextInt(4)) {
            case 0 -> new Functions.One(function);
            case 1 -> new Functions.Range(function, 1L + random.nextInt(16));
            case 2 -> new Functions.Range(new FunctionId(random.nextInt()), 1L + random.nextInt(1 << 24));
            default -> new Functions.Owner(1 + random.nextInt(63));
        };
        Action action = switch (random.nextInt(4)) {
            case 0 -> new Action.Forward("mailbox");
            case 1 -> new Action.Forward(null);
            case 2 -> new Action.Resident();
            default -> new Action.Deny();
        };
        Set<Conduit> conduits = random.nextBoolean() ? EnumSet.allOf(Conduit.class) : EnumSet.of(conduit(random));
        int immediate = random.nextInt(4) == 0 ? random.nextInt(16) : 0;
        Match match = new Match(conduits, immediate, functions, EnumSet.allOf(ExecutionState.class));
        return new Rule(match, action, "this test: " + line);
    }

    private static List<ServiceDescriptor> services() {
        return FirmwareServices.onClassPath().stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
    }

    private static CallOracle follow(Path recording, CallProgram program, ExecutionState state, Policy policy) {
        CallOracle oracle = new CallOracle(program, state, CapabilityRegistry.of(services(), policy), VCPUS);
        oracle.begins(VcpuId.BOOT, entry(state), 0);
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> oracle.follow(entry.record()));
        }
        return oracle;
    }

    private static long entry(ExecutionState state) {
        return CallProgram.BASE | (state == ExecutionState.T32 ? 1 : 0);
    }

    private static MachineSpec spec(ExecutionState state, Policy policy) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(VCPUS).withWidth(state.isAarch32() ? Width.AARCH32 : Width.AARCH64))
                .with(BoardSpec.DEFAULT.withRam(16 << 20))
                .with(RunSpec.DEFAULT.withRebootOnReset(false).withRamDigestInterval(1L << 40))
                .withPolicy(policy);
    }

    /// A constant for each register except x0, SP first.
    private static List<CallProgram.Load> pattern(ExecutionState state, Random random) {
        List<CallProgram.Load> loads = new ArrayList<>();
        long mask = state.isAarch32() ? 0xffff_ffffL : -1;
        int sp = CallProgram.stackPointer(state);
        loads.add(new CallProgram.Load(sp, random.nextLong() & mask & ~0xfL));
        for (int n = 1; n <= CallProgram.linkRegister(state); n++) {
            if (n != sp) {
                loads.add(new CallProgram.Load(n, random.nextLong() & mask));
            }
        }
        return loads;
    }

    /// The boot CPU's routine, and short routines at fixed addresses for the CPUs that it starts. Half of the calls
    /// have uniformly random 32-bit identifiers, half are defined calls.
    private static CallProgram randomProgram(ExecutionState state, int calls, long last, Random random) {
        CallProgram program = new CallProgram(state);
        program.begin();
        program.call(withX0(pattern(state, random), 0x8400_0000L), Conduit.HVC, 0);
        for (int n = 0; n < calls; n++) {
            if (random.nextBoolean()) {
                anyCall(program, new ArrayList<>(), state, random);
            } else {
                defined(program, state, random);
            }
        }
        // Time for the other CPUs to reach their ends.
        for (int n = 0; n < 64; n++) {
            program.call(withX0(new ArrayList<>(), 0x8000_0000L), Conduit.HVC, 0);
        }
        List<CallProgram.Load> end = withX0(new ArrayList<>(), last);
        end.add(new CallProgram.Load(1, 42));
        program.call(end, conduit(random), 0);
        program.end();
        for (int worker = 0; worker < WORKERS; worker++) {
            program.seek(place(worker));
            program.begin();
            for (int n = 0; n < 4; n++) {
                anyCall(program, pattern(state, random), state, random);
            }
            program.call(withX0(new ArrayList<>(), CPU_OFF), conduit(random), 0);
            program.end();
        }
        return program;
    }

    private static void defined(CallProgram program, ExecutionState state, Random random) {
        if (random.nextInt(8) == 0) {
            List<CallProgram.Load> loads = withX0(new ArrayList<>(), uniform(random));
            loads.add(new CallProgram.Load(7, random.nextInt(3)));
            loads.add(new CallProgram.Load(12, random.nextInt(1 << 30)));
            boolean hvc = random.nextBoolean();
            program.call(loads, hvc ? Conduit.HVC : Conduit.SMC, hvc ? 0x4a48 : 5);
            return;
        }
        long function = DEFINED[random.nextInt(DEFINED.length)];
        List<CallProgram.Load> loads = withX0(new ArrayList<>(), function);
        switch ((int) function) {
            case 0x8400_0003, 0xc400_0003, 0xc401_0003 -> {
                loads.add(new CallProgram.Load(1, random.nextInt(VCPUS + 1)));
                loads.add(new CallProgram.Load(
                        2, place(random.nextInt(WORKERS)) | (state == ExecutionState.T32 ? 1 : 0)));
                loads.add(new CallProgram.Load(3, Integer.toUnsignedLong(random.nextInt())));
            }
            case 0xc400_0004 -> {
                loads.add(new CallProgram.Load(1, random.nextInt(VCPUS + 1)));
                loads.add(new CallProgram.Load(2, 0));
            }
            case 0xc000_0002, 0x8600_0001 -> loads.add(new CallProgram.Load(1, random.nextInt(4)));
            case 0x8400_000a, 0x8000_0001 ->
                loads.add(new CallProgram.Load(1, DEFINED[random.nextInt(DEFINED.length)]));
            case 0xc600_1001, 0x8600_1001 -> {
                loads.add(new CallProgram.Load(1, random.nextInt(3)));
                loads.add(new CallProgram.Load(2, DEFINED[random.nextInt(DEFINED.length)]));
                loads.add(new CallProgram.Load(3, random.nextInt(4)));
            }
            default -> loads.add(new CallProgram.Load(1, Integer.toUnsignedLong(random.nextInt())));
        }
        Conduit conduit = conduit(random);
        program.call(loads, conduit, random.nextInt(4) == 0 ? immediate(state, conduit, random) : 0);
    }

    private static List<CallProgram.Load> withX0(List<CallProgram.Load> loads, long x0) {
        loads.add(new CallProgram.Load(0, x0));
        return loads;
    }

    private static long place(int worker) {
        return CallProgram.BASE + (2L << 20) + 0x1000L * worker;
    }

    /// Any identifier except those that turn the caller or the machine off, which are only at the ends of routines.
    private static long uniform(Random random) {
        long function = Integer.toUnsignedLong(random.nextInt());
        long named = Integer.toUnsignedLong(CallOracle.named((int) function));
        return named == CPU_OFF || named == SYSTEM_OFF || named == SYSTEM_RESET || named == EXIT ? 0 : function;
    }

    private static Conduit conduit(Random random) {
        return random.nextBoolean() ? Conduit.HVC : Conduit.SMC;
    }

    private static void anyCall(
            CallProgram program, List<CallProgram.Load> loads, ExecutionState state, Random random) {
        Conduit conduit = conduit(random);
        program.call(withX0(loads, uniform(random)), conduit, immediate(state, conduit, random));
    }

    /// 0 half of the time; an SMC of AArch32 has room for 4 bits.
    private static int immediate(ExecutionState state, Conduit conduit, Random random) {
        boolean narrow = state.isAarch32() && conduit == Conduit.SMC;
        return random.nextBoolean() ? 0 : random.nextInt(narrow ? 16 : 1 << 16);
    }
}

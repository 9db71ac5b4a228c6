package dev.trapline.benchmarks;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.registry.CapabilityRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The cost of deciding a call under a policy of 1 000 rules, compared with a look-up in a [HashMap] of 1 000 entries.
///
/// Both look up the same functions in the same random order; a rule names each of them. The map only has to find its
/// key, which is boxed beforehand; the registry also has ranges, conduits, states and #imm.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init")
public class RegistryBenchmark {

    private static final int RULES = 1000;
    /// A power of two, so that the next call is found with a mask.
    private static final int CALLS = 1024;

    private final Integer[] keys = new Integer[CALLS];
    private final HypercallExit[] exits = new HypercallExit[CALLS];
    private final Map<Integer, Decision> map = new HashMap<>();
    private CapabilityRegistry registry;
    private int next;

    /// Half of the rules name one call, half a range; all are within the owners 1 to 63.
    @Setup
    public void declare() {
        Random random = new Random(20191001);
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < RULES; i++) {
            FunctionId base = new FunctionId(0x8200_0000 + i * 0x8_0000 + random.nextInt(0x1000));
            Functions functions =
                    i % 2 == 0 ? new Functions.One(base) : new Functions.Range(base, 1 + random.nextInt(0x1000));
            Action action = random.nextBoolean() ? new Action.Deny() : new Action.Forward("mine");
            rules.add(new Rule(Match.of(functions), action, "rule " + i));
            map.put(base.value(), new Decision.Forwarded("mine"));
        }
        ServiceDescriptor service = new ServiceDescriptor("mine", "1", List.of(), List.of(), List.of());
        registry = CapabilityRegistry.of(List.of(service), Policy.DEFAULT.withRules(rules));
        List<Integer> functions = new ArrayList<>(map.keySet());
        for (int i = 0; i < CALLS; i++) {
            keys[i] = functions.get(random.nextInt(RULES));
            exits[i] = exit(keys[i]);
        }
    }

    private static HypercallExit exit(int functionId) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = functionId;
        return new HypercallExit(Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
    }

    /// The reference.
    @Benchmark
    public @Nullable Decision hashMapLookup() {
        return map.get(keys[next++ & CALLS - 1]);
    }

    /// The measured method: decides an exit as it comes from a vCPU.
    @Benchmark
    public Decision decide() {
        return registry.decide(exits[next++ & CALLS - 1]);
    }

    /// A query, which also says why.
    @Benchmark
    public Object query() {
        return registry.query(Conduit.HVC, 0, keys[next++ & CALLS - 1], ExecutionState.A64);
    }
}

package dev.trapline.benchmarks;

import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.machine.RunReport;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The cost of `export-failed-condition-calls` on an AArch32 machine: whole runs of loops, with the toggle off and on.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 7)
@Fork(1)
public class Aarch32Benchmark {

    /// An actor system with machines in it.
    @State(Scope.Thread)
    public static class Whole {
        final Machines machines = new Machines();

        /// The loop to run.
        @Param
        public Aarch32Loop loop = Aarch32Loop.A32_WITHOUT_CALLS;

        /// Whether calls that failed their condition check are exits.
        @Param({"false", "true"})
        public boolean export;

        /// Ends the system.
        @TearDown
        public void stop() {
            machines.close();
        }
    }

    /// A run of the loop from its entry to SYSTEM_OFF.
    @Benchmark
    public RunReport loop(Whole state) {
        Policy policy = Policy.DEFAULT.withResident("smccc").with(Toggle.EXPORT_FAILED_CONDITION_CALLS, state.export);
        return state.machines.run(state.loop.image(), Machines.narrow().withPolicy(policy));
    }
}

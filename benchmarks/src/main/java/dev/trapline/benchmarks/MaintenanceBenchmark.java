package dev.trapline.benchmarks;

import dev.trapline.machine.RunReport;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The cost of maintenance operations, which end a slice and are performed in all engines, and of a CPU_ON, which opens
/// an engine. Neither is recorded.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class MaintenanceBenchmark {

    /// The operation.
    @State(Scope.Thread)
    public static class Looping {
        @Param
        MaintenanceLoop loop = MaintenanceLoop.IC_IVAU;
    }

    /// One operation: its exit, its execution in the only engine, and the next grant.
    @Benchmark
    @OperationsPerInvocation(MaintenanceLoop.ROUNDS)
    public RunReport maintenance(HypercallBenchmark.Whole state, Looping looping) {
        return state.machines.run(looping.loop.image(), Machines.spec());
    }

    /// One CPU_ON, with the CPU_OFF of the CPU that was started, and the AFFINITY_INFO calls that wait for it.
    @Benchmark
    @OperationsPerInvocation(MaintenanceLoop.STARTS)
    public RunReport cpuOn(HypercallBenchmark.Whole state) {
        return state.machines.run(MaintenanceLoop.cpuOn(), Machines.two());
    }
}

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
import org.openjdk.jmh.annotations.Warmup;

/// The cost of one SDEI event: it is signalled, delivered, handled and completed, with two calls that are routed to the
/// service's actor. Its reference is [HypercallBenchmark#forwarded].
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Guest.EVENTS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class EventBenchmark {

    /// Delivered, not recorded.
    @Benchmark
    public RunReport delivered(HypercallBenchmark.Whole state) {
        return state.machines.run(Guest.EVENT_LOOP, Machines.spec());
    }
}

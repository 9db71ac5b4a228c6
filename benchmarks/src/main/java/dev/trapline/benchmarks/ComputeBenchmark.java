package dev.trapline.benchmarks;

import dev.trapline.machine.RunReport;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The time of a guest that computes: whole runs, from entry to SYSTEM_OFF.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(1)
public class ComputeBenchmark {

    /// A guest that computes, with the binding alone.
    @State(Scope.Thread)
    public static class BareCompute {
        final BareGuest guest = new BareGuest(Guest.COMPUTE);

        /// Frees the engine.
        @TearDown
        public void close() {
            guest.close();
        }
    }

    /// The worst case, with the binding alone.
    @State(Scope.Thread)
    public static class BareTightLoop {
        final BareGuest guest = new BareGuest(Guest.TIGHT_LOOP);

        /// Frees the engine.
        @TearDown
        public void close() {
            guest.close();
        }
    }

    /// An actor system with machines in it.
    @State(Scope.Thread)
    public static class Whole {
        final Machines machines = new Machines();

        /// Ends the system, and deletes the recordings.
        @TearDown
        public void stop() {
            machines.close();
        }
    }

    /// Reference (b): no instruction budget.
    @Benchmark
    public int bareCompute(BareCompute state) {
        return state.guest.run(BareGuest.UNLIMITED);
    }

    /// In slices of 20 000 instructions, recorded.
    @Benchmark
    public Path recordedCompute(Whole state) {
        return state.machines.record(Guest.COMPUTE);
    }

    /// Reference (b) for the worst case.
    @Benchmark
    public int bareTightLoop(BareTightLoop state) {
        return state.guest.run(BareGuest.UNLIMITED);
    }

    /// The worst case in slices.
    @Benchmark
    public RunReport slicedTightLoop(Whole state) {
        return state.machines.run(Guest.TIGHT_LOOP, Machines.spec());
    }
}

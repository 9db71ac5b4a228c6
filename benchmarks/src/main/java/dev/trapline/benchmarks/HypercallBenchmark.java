package dev.trapline.benchmarks;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.machine.RunReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// The cost of one hypercall: the same guest, the same million calls, with more and more of Trapline around the engine.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Guest.HYPERCALLS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HypercallBenchmark {

    /// Counts all calls of PSCI_VERSION, and waits for one that the guest does not make.
    private static final FaultPlan IDLE = FaultPlan.of(
            idle("version", CallPattern.ANY.of(List.of(new Functions.One(new FunctionId(0x8400_0000))))),
            idle("psci", CallPattern.ANY.to(Set.of("psci"))));

    private static FaultRule idle(String name, CallPattern where) {
        return new FaultRule(name, where, Occasion.nth(Long.MAX_VALUE), new CallFault.Repeated());
    }

    /// A guest with the binding alone.
    @State(Scope.Thread)
    public static class Bare {
        final BareGuest guest = new BareGuest(Guest.HYPERCALL_LOOP);

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

        /// Deletes the recordings of an iteration, so that they do not fill the disk.
        @TearDown(Level.Iteration)
        public void tidyUp() {
            machines.deleteRecordings();
        }

        /// Ends the system.
        @TearDown
        public void stop() {
            machines.close();
        }
    }

    /// A recording to replay.
    @State(Scope.Thread)
    public static class Recorded {
        final Machines machines = new Machines();
        final Path recording = machines.record(Guest.HYPERCALL_LOOP);

        /// Ends the system, and deletes the recording.
        @TearDown
        public void stop() {
            machines.close();
        }
    }

    /// Reference (a).
    @Benchmark
    public int bare(Bare state) {
        return state.guest.run(Machines.spec().schedule().quantum());
    }

    /// Routed to PSCI's actor, answered, not recorded.
    @Benchmark
    public RunReport forwarded(Whole state) {
        return state.machines.run(Guest.HYPERCALL_LOOP, Machines.spec());
    }

    /// The same with a plan of faults, of which each rule looks at each call, and none happens. It must take at
    /// most 1.03 times as long as without.
    @Benchmark
    public RunReport armed(Whole state) {
        return state.machines.run(Guest.HYPERCALL_LOOP, Machines.spec(), IDLE);
    }

    /// Answered in place, not recorded.
    @Benchmark
    public RunReport resident(Whole state) {
        return state.machines.run(Guest.HYPERCALL_LOOP, Machines.resident());
    }

    /// Routed to PSCI's actor, answered and recorded, until everything is durable.
    @Benchmark
    public Path recorded(Whole state) {
        return state.machines.record(Guest.HYPERCALL_LOOP);
    }

    /// The same calls replayed and checked.
    @Benchmark
    public RunReport replayed(Recorded state) {
        return state.machines.replay(state.recording);
    }
}

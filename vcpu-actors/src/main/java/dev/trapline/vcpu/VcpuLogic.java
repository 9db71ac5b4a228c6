package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.registry.Toggle;
import dev.trapline.journal.record.JournalRecord.Slice;
import dev.trapline.vcpu.state.StateReader;
import dev.trapline.vcpu.state.StateWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One vCPU without its actor: a lifecycle, and an engine while it is powered.
///
/// Every power-on opens a fresh engine, so that no register, translation or monitor survives from the life before.
final class VcpuLogic {

    /// Where the vCPU is in its life, with what it has there.
    private sealed interface Lifecycle {}

    private record Off() implements Lifecycle {}

    private record OnPending(RenewableEngine engine) implements Lifecycle {}

    private record On(RenewableEngine engine) implements Lifecycle {}

    private record Suspended(RenewableEngine engine) implements Lifecycle {}

    /// x0 to x17: a handler keeps the others itself.
    private static final int SAVED_BY_DELIVERY = 18;

    private static final int OFF = 0;
    private static final int ON_PENDING = 1;
    private static final int ON = 2;
    private static final int SUSPENDED = 3;

    private final VcpuId id;
    private final EngineFactory engines;
    private final EngineSpec spec;
    private final long[] registers = new long[GeneralRegisters.COUNT];
    private Lifecycle lifecycle = new Off();
    private long timerDeadline = Engine.NO_DEADLINE;
    /// Of a vCPU that is powered down: see [Engine#readTimers].
    private final long[] timers = new long[Engine.TIMER_WORDS];
    private boolean keepsTimers;
    private List<Long> renewed = List.of();
    /// What the events saved whose handlers run, the innermost first.
    private final Deque<GeneralRegisters> interrupted = new ArrayDeque<>();

    VcpuLogic(VcpuId id, EngineFactory engines, MachineSpec machine, MemoryMap memory) {
        this.id = id;
        this.engines = engines;
        this.spec = new EngineSpec(
                machine.cpuModel(),
                machine.width(),
                machine.topology().mpidr(id),
                memory,
                machine.policy().isOn(Toggle.EXPORT_FAILED_CONDITION_CALLS, false));
    }

    /// Powers on at an entry point, in the reset state that [EngineFactory#open] names.
    ///
    /// @param entry on AArch32, bit 0 selects T32
    /// @param registers what it finds there; all others are zero
    /// @param order byte order of its data
    void powerOn(long entry, RegisterWrites registers, DataOrder order) {
        if (!(lifecycle instanceof Off)) {
            throw new InvariantViolation(id + " is powered on while it is " + lifecycle);
        }
        RenewableEngine renewable = new RenewableEngine(engines, spec);
        Engine engine = renewable.now();
        engine.writeRegisters(registers);
        engine.writePc(entry);
        if (order != DataOrder.LITTLE) {
            engine.writeDataOrder(order);
        }
        if (keepsTimers) {
            engine.writeTimers(timers);
            keepsTimers = false;
        }
        lifecycle = new OnPending(renewable);
    }

    /// Powers off; nothing if it is off.
    void powerOff() {
        close();
        keepsTimers = false;
        interrupted.clear();
    }

    /// Loses its registers. When it is powered on again it has its timers, and goes on in the handlers it was in.
    void powerDown() {
        runningEngine().now().readTimers(timers);
        keepsTimers = true;
        close();
    }

    private void close() {
        RenewableEngine engine = engineOrNull();
        if (engine != null) {
            engine.close();
        }
        lifecycle = new Off();
    }

    /// Begins a wait for an interrupt, as WFI does by itself.
    void suspend() {
        lifecycle = new Suspended(runningEngine());
    }

    /// Ends a wait for an interrupt; nothing if it does not wait.
    void wake() {
        if (lifecycle instanceof Suspended(RenewableEngine engine)) {
            lifecycle = new On(engine);
        }
    }

    /// Enters the handler of an event, with x0 to x3 as DEN0054 §5.2 has them.
    ///
    /// @param writes what the call returns that ended the slice before: it is part of what is interrupted
    void deliver(RegisterWrites writes, long entry, long event, long argument) {
        Engine engine = poweredEngine();
        if (writes.count() > 0) {
            engine.writeRegisters(writes);
        }
        engine.readRegisters(registers);
        GeneralRegisters saved = GeneralRegisters.copyOf(registers);
        interrupted.push(saved);
        engine.enterHandler(entry);
        engine.writeRegisters(RegisterWrites.fromX0(event, argument, saved.pc(), saved.pstate()));
    }

    /// Leaves the innermost handler: what it interrupted goes on.
    void complete() {
        Engine engine = poweredEngine();
        GeneralRegisters saved = innermost();
        engine.writeRegisters(RegisterWrites.fromX0(saved, SAVED_BY_DELIVERY));
        engine.leaveHandler(saved.pc(), saved.pstate());
    }

    /// Leaves the innermost handler as if what it interrupted had taken an exception.
    void completeAndResume(long address) {
        Engine engine = poweredEngine();
        GeneralRegisters saved = innermost();
        engine.writeRegisters(RegisterWrites.fromX0(saved, SAVED_BY_DELIVERY));
        engine.leaveHandlerByException(saved.pc(), saved.pstate(), address);
    }

    /// What the innermost handler interrupted; null outside of any.
    @Nullable
    GeneralRegisters interrupted() {
        return interrupted.peek();
    }

    private GeneralRegisters innermost() {
        GeneralRegisters saved = interrupted.poll();
        if (saved == null) {
            throw new InvariantViolation("a firmware service completes an event on " + id + ", which runs no handler");
        }
        return saved;
    }

    void dropTranslations(long address, long length) {
        ifPowered(engine -> engine.dropTranslations(address, length));
    }

    void maintain(Exit.Maintenance operation) {
        ifPowered(engine -> engine.maintain(operation));
    }

    /// Runs one slice.
    ///
    /// @param writes what the call that ended the slice before returns
    /// @param renewals where in the slice its engine is replaced
    Slice run(long budget, long now, RegisterWrites writes, Renewals renewals) {
        RenewableEngine running = runningEngine();
        if (writes.count() > 0) {
            running.now().writeRegisters(writes);
        }
        Exit exit = running.run(budget, now, renewals);
        renewed = running.renewed();
        long counterReads = running.counterReads();
        Engine engine = running.now();
        timerDeadline = engine.timerDeadline();
        if (exit instanceof HypercallExit call) {
            // The exit holds the registers already.
            return new Slice(id, budget, exit, counterReads, call.registers().digest());
        }
        engine.readRegisters(registers);
        if (exit instanceof Exit.WaitForInterrupt) {
            lifecycle = new Suspended(running);
        }
        return new Slice(id, budget, exit, counterReads, Digest64.of(registers, registers.length));
    }

    /// Where in the last slice the engine was replaced because it asked for it, as [RenewableEngine#renewed].
    List<Long> renewed() {
        return renewed;
    }

    /// When a timer asserts its interrupt, as programmed at the end of the last slice: see [Engine#timerDeadline].
    long timerDeadline() {
        return timerDeadline;
    }

    /// The general registers at the end of the last slice, if it did not end in a hypercall.
    GeneralRegisters registers() {
        return GeneralRegisters.copyOf(registers);
    }

    /// The general registers as its next instruction finds them; null if the vCPU has no power. Looking changes
    /// nothing.
    ///
    /// @param pending results of its last call that are not written yet
    @Nullable
    GeneralRegisters look(RegisterWrites pending) {
        long[] now = new long[GeneralRegisters.COUNT];
        RenewableEngine powered = engineOrNull();
        if (powered == null) {
            return null;
        }
        powered.now().readRegisters(now, pending);
        return GeneralRegisters.copyOf(now);
    }

    /// A digest of all registers of a vCPU that just ran.
    long fullDigest() {
        return switch (lifecycle) {
            case On(RenewableEngine engine) -> engine.now().fullDigest();
            case Suspended(RenewableEngine engine) -> engine.now().fullDigest();
            case Off _, OnPending _ -> throw new InvariantViolation(id + " has not run: it is " + lifecycle);
        };
    }

    /// Saves where it is in its life.
    ///
    /// @return what its engine holds; empty if it has no power
    Bytes save(StateWriter state) {
        state.put(
                switch (lifecycle) {
                    case Off _ -> OFF;
                    case OnPending _ -> ON_PENDING;
                    case On _ -> ON;
                    case Suspended _ -> SUSPENDED;
                });
        state.put(timerDeadline);
        state.put(keepsTimers);
        state.put(timers);
        state.put(interrupted.size());
        long[] words = new long[GeneralRegisters.COUNT];
        for (GeneralRegisters each : interrupted) {
            each.copyTo(words);
            state.put(words);
        }
        RenewableEngine engine = engineOrNull();
        return engine == null ? Bytes.EMPTY : engine.now().save();
    }

    /// Becomes what [#save] took down, with a fresh engine.
    void load(StateReader state, Bytes image) {
        powerOff();
        int kind = state.takeInt();
        timerDeadline = state.take();
        keepsTimers = state.takeFlag();
        state.take(timers);
        // A vCPU without power may be in a handler: it goes on there when it has power again.
        long[] words = new long[GeneralRegisters.COUNT];
        for (int left = state.takeInt(); left > 0; left--) {
            state.take(words);
            interrupted.add(GeneralRegisters.copyOf(words));
        }
        if (kind == OFF) {
            return;
        }
        RenewableEngine engine = new RenewableEngine(engines, spec);
        lifecycle = switch (kind) {
            case ON_PENDING -> new OnPending(engine);
            case ON -> new On(engine);
            default -> new Suspended(engine);
        };
        engine.now().load(image);
    }

    private void ifPowered(Consumer<Engine> action) {
        RenewableEngine engine = engineOrNull();
        if (engine != null) {
            action.accept(engine.now());
        }
    }

    private @Nullable RenewableEngine engineOrNull() {
        return switch (lifecycle) {
            case Off _ -> null;
            case OnPending(RenewableEngine engine) -> engine;
            case On(RenewableEngine engine) -> engine;
            case Suspended(RenewableEngine engine) -> engine;
        };
    }

    private Engine poweredEngine() {
        return switch (lifecycle) {
            case On(RenewableEngine engine) -> engine.now();
            case Suspended(RenewableEngine engine) -> engine.now();
            case Off _, OnPending _ ->
                throw new InvariantViolation("an event is delivered to " + id + " while it is " + lifecycle);
        };
    }

    private RenewableEngine runningEngine() {
        return switch (lifecycle) {
            case On(RenewableEngine engine) -> engine;
            case OnPending(RenewableEngine engine) -> {
                lifecycle = new On(engine);
                yield engine;
            }
            case Off _, Suspended _ ->
                throw new InvariantViolation(id + " is granted a slice while it is " + lifecycle);
        };
    }
}

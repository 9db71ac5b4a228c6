package dev.trapline.machine;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.registry.CapabilityRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// One vCPU without its actor: an engine while it has power, and the state that outlives the engine. The machine knows
/// whether it runs or waits.
///
/// A vCPU without power keeps its engine for its translations, and nothing else survives; they are dropped like those
/// of the others when code changes. Linux powers an idle CPU down a hundred times a second. As on hardware, the
/// instruction cache of a vCPU that CPU_ON starts is invalid.
public final class VcpuLogic {

    /// x0 to x17: a handler keeps the others itself.
    private static final int SAVED_BY_DELIVERY = 18;

    private static final Exit.Maintenance INVALIDATE_CODE = new Exit.Maintenance(Exit.Maintenance.INVALIDATE_OWN, 0);

    private final VcpuId id;
    private final EngineFactory engines;
    private final EngineSpec spec;
    private final @Nullable CpuWiring wiring;
    private final long[] registers = new long[GeneralRegisters.COUNT];
    /// Of the last slice.
    private SliceEnd.Reading reading = SliceEnd.Reading.NONE;
    private CapabilityRegistry registry;
    /// Null without power.
    private @Nullable RenewableEngine powered;
    /// The engine of a vCPU that has lost its power, for the time when it has power again: it keeps its
    /// translations.
    private @Nullable RenewableEngine resting;
    /// Of a vCPU that is powered down: see [Engine#readTimers].
    private final long[] timers = new long[Engine.TIMER_WORDS];
    private boolean keepsTimers;
    /// The states that events have saved whose handlers are running, innermost first.
    private final Deque<GeneralRegisters> interrupted = new ArrayDeque<>();

    /// @param wiring see [EngineSpec#wiring]
    /// @param registry decides its calls
    VcpuLogic(
            VcpuId id,
            EngineFactory engines,
            MachineSpec machine,
            MemoryMap memory,
            @Nullable CpuWiring wiring,
            CapabilityRegistry registry) {
        this.id = id;
        this.wiring = wiring;
        this.registry = registry;
        this.engines = engines;
        this.spec = new EngineSpec(
                machine.cpus().model(),
                machine.cpus().width(),
                machine.cpus().topology().mpidr(id),
                memory,
                machine.firmware().policy().isOn(Toggle.EXPORT_FAILED_CONDITION_CALLS, false),
                wiring);
    }

    /// Executes a command of its machine between two slices.
    ///
    /// @throws InvariantViolation if the command is impossible in its current state
    public void apply(VcpuCommand.Change change) {
        switch (change) {
            case VcpuCommand.Reconfigure(CapabilityRegistry table) -> registry = table;
            case VcpuCommand.PowerOn(long entry, RegisterWrites writes, DataOrder order) ->
                powerOn(entry, writes, order);
            case VcpuCommand.PowerOff _ -> powerOff();
            case VcpuCommand.PowerDown _ -> powerDown();
            case VcpuCommand.Renew _ -> renew();
            case VcpuCommand.Deliver(RegisterWrites writes, long entry, long event, long argument) ->
                deliver(writes, entry, event, argument);
            case VcpuCommand.Complete _ -> complete();
            case VcpuCommand.CompleteAndResume(long address) -> completeAndResume(address);
            case VcpuCommand.FlipRegister(RegisterWrites writes, int register, long bits) ->
                flip(writes, register, bits);
            case VcpuCommand.DropTranslations(long address, long length) -> {
                RenewableEngine keeper = translator();
                if (keeper != null) {
                    keeper.now().dropTranslations(address, length);
                }
            }
            case VcpuCommand.Maintain(Exit.Maintenance operation) -> {
                RenewableEngine keeper = translator();
                if (keeper != null) {
                    keeper.now().maintain(operation);
                }
            }
        }
    }

    private void flip(RegisterWrites writes, int register, long bits) {
        if (powered == null) {
            return;
        }
        Engine engine = powered.now();
        if (writes.count() > 0) {
            engine.writeRegisters(writes);
        }
        engine.readRegisters(registers);
        engine.writeRegisters(RegisterWrites.NONE.and(register, registers[register] ^ bits));
    }

    private void powerOn(long entry, RegisterWrites writes, DataOrder order) {
        if (powered != null) {
            throw new InvariantViolation(id + " is powered on while it has power");
        }
        RenewableEngine renewable = resting;
        if (renewable == null) {
            renewable = new RenewableEngine(engines, spec);
        } else {
            renewable.restart();
            if (!keepsTimers) {
                renewable.now().maintain(INVALIDATE_CODE);
            }
        }
        resting = null;
        Engine engine = renewable.now();
        engine.writeRegisters(writes);
        engine.writePc(entry);
        if (order != DataOrder.LITTLE) {
            engine.writeDataOrder(order);
        }
        if (keepsTimers) {
            engine.writeTimers(timers);
            keepsTimers = false;
        }
        powered = renewable;
        if (wiring != null) {
            wiring.reset();
        }
    }

    /// Powers it off, with the loss of its whole state; does nothing if it is off.
    private void powerOff() {
        resting = translator();
        powered = null;
        forget();
    }

    private void forget() {
        keepsTimers = false;
        interrupted.clear();
    }

    /// Loses its registers. When it is powered on again, it has its timers, and continues in its handlers.
    private void powerDown() {
        engine().readTimers(timers);
        keepsTimers = true;
        resting = powered;
        powered = null;
    }

    private void renew() {
        if (powered != null) {
            powered.renew();
        }
        if (resting != null) {
            resting.close();
            resting = null;
        }
    }

    /// The engine that has translations; null if the vCPU never had power since the start, a reset or a renewal.
    private @Nullable RenewableEngine translator() {
        return powered == null ? resting : powered;
    }

    /// Closes its engine. It has no power then, and has lost its whole state.
    public void close() {
        forget();
        RenewableEngine open = translator();
        if (open != null) {
            open.close();
        }
        powered = null;
        resting = null;
    }

    /// Enters the handler of an event, with x0 to x3 as DEN0054 §5.2 has them.
    ///
    /// @param writes what the call returns that ended the slice before: it is part of what is interrupted
    private void deliver(RegisterWrites writes, long entry, long event, long argument) {
        Engine engine = engine();
        if (writes.count() > 0) {
            engine.writeRegisters(writes);
        }
        engine.readRegisters(registers);
        GeneralRegisters saved = GeneralRegisters.copyOf(registers);
        interrupted.push(saved);
        engine.returnFromException(entry, Engine.HANDLER_PSTATE);
        engine.writeRegisters(RegisterWrites.fromX0(event, argument, saved.pc(), saved.pstate()));
    }

    /// Leaves the innermost handler, and continues the interrupted code.
    private void complete() {
        Engine engine = engine();
        GeneralRegisters saved = innermost();
        engine.writeRegisters(RegisterWrites.fromX0(saved, SAVED_BY_DELIVERY));
        engine.returnFromException(saved.pc(), saved.pstate());
    }

    /// Leaves the innermost handler as if the interrupted code had taken an exception.
    private void completeAndResume(long address) {
        Engine engine = engine();
        GeneralRegisters saved = innermost();
        engine.writeRegisters(RegisterWrites.fromX0(saved, SAVED_BY_DELIVERY));
        engine.returnFromException(saved.pc(), saved.pstate());
        engine.takeException(new ExceptionEntry.At(address));
    }

    private GeneralRegisters innermost() {
        GeneralRegisters saved = interrupted.poll();
        if (saved == null) {
            throw new InvariantViolation("a firmware service completes an event on " + id + ", which runs no handler");
        }
        return saved;
    }

    /// Runs a slice to its end.
    public SliceEnd run(VcpuCommand.Grant grant) {
        RenewableEngine running = running();
        Exit exit = runEngine(running, grant);
        Engine engine = running.now();
        engine.readRegisters(registers);
        long digest = Digest64.of(registers, registers.length);
        Slice slice = new Slice(id, grant.begins(), grant.budget(), running.executed(), exit, digest);
        reading = reading.or(
                grant.fullDigest() ? engine.fullDigest() : 0,
                Math.min(wakeUp(engine, CpuTimer.PHYSICAL), wakeUp(engine, CpuTimer.VIRTUAL)),
                running.renewed());
        long shown = engine.shown();
        return switch (exit) {
            case HypercallExit call -> decided(call, slice, Math.max(shown, slice.made()));
            case Exit.BudgetUsed _ -> new SliceEnd.BudgetUsed(slice, reading, shown);
            case Exit.WaitForInterrupt _ -> new SliceEnd.Waits(slice, reading, shown);
            case Exit.FirmwareInterrupt _ -> new SliceEnd.Interrupted(slice, reading, shown);
            case Exit.Maintenance operation -> new SliceEnd.Maintains(slice, reading, shown, operation);
            case GuestFault fault ->
                new SliceEnd.Faulted(slice, reading, shown, fault, GeneralRegisters.copyOf(registers));
        };
    }

    /// When a timer would end a wait.
    private long wakeUp(Engine engine, CpuTimer timer) {
        return wiring == null || wiring.wakes(timer) ? engine.deadline(timer) : Engine.NO_DEADLINE;
    }

    /// Runs a part of a slice, and returns what ended it.
    PartEnd runPart(VcpuCommand.Grant part) {
        RenewableEngine running = running();
        Exit exit = runEngine(running, part);
        return new PartEnd(exit, running.executed(), running.now().shown());
    }

    /// How a part of a slice ended.
    ///
    /// @param executed how many instructions it completed
    /// @param shown see [VcpuCommand.Grant]
    record PartEnd(Exit exit, long executed, long shown) {}

    private static Exit runEngine(RenewableEngine running, VcpuCommand.Grant grant) {
        if (grant.writes().count() > 0) {
            running.now().writeRegisters(grant.writes());
        }
        return running.run(grant);
    }

    private SliceEnd decided(HypercallExit exit, Slice slice, long shown) {
        return switch (registry.decide(exit)) {
            case Decision.Denied denied -> new SliceEnd.Denied(slice, reading, shown, denied);
            case Decision.Resident resident -> new SliceEnd.Resident(slice, reading, call(exit, shown), resident);
            case Decision.Forwarded forwarded -> new SliceEnd.Forwarded(slice, reading, call(exit, shown), forwarded);
        };
    }

    private ServiceCall call(HypercallExit exit, long shown) {
        return new ServiceCall(id, exit, shown, interrupted.peek(), registry);
    }

    /// The general registers before its next instruction; null if the vCPU has no power. Reading changes nothing.
    ///
    /// @param pending results of its last call that are not written yet
    @Nullable
    GeneralRegisters look(RegisterWrites pending) {
        RenewableEngine looked = powered;
        if (looked == null) {
            return null;
        }
        long[] now = new long[GeneralRegisters.COUNT];
        looked.now().readRegisters(now, pending);
        return GeneralRegisters.copyOf(now);
    }

    /// Saves what it holds, its engine included.
    void save(StateWriter state) {
        state.put(powered != null);
        state.put(keepsTimers);
        state.put(timers);
        state.put(interrupted.size());
        long[] words = new long[GeneralRegisters.COUNT];
        for (GeneralRegisters each : interrupted) {
            each.copyTo(words);
            state.put(words);
        }
        if (powered != null) {
            powered.now().save(state);
        }
    }

    /// Restores what [#save] saved, with a fresh engine.
    void load(StateReader state) {
        close();
        restore(state, null);
    }

    /// The same with the engine that it has, which keeps the translations of code that has not changed. Memory must
    /// be restored before. It takes a twentieth of the time.
    void rewind(StateReader state) {
        RenewableEngine kept = translator();
        forget();
        powered = null;
        resting = kept;
        restore(state, kept);
    }

    private void restore(StateReader state, @Nullable RenewableEngine kept) {
        boolean hasPower = state.takeFlag();
        keepsTimers = state.takeFlag();
        state.take(timers);
        // A vCPU without power may be in a handler: it continues there when it has power again.
        long[] words = new long[GeneralRegisters.COUNT];
        for (int left = state.takeInt(); left > 0; left--) {
            state.take(words);
            interrupted.add(GeneralRegisters.copyOf(words));
        }
        if (!hasPower) {
            return;
        }
        RenewableEngine engine = kept == null ? new RenewableEngine(engines, spec) : kept;
        resting = null;
        powered = engine;
        if (kept == null) {
            engine.now().load(state);
        } else {
            kept.restart();
            kept.now().load(state);
            kept.now().maintain(INVALIDATE_CODE);
        }
    }

    private RenewableEngine running() {
        if (powered == null) {
            throw new InvariantViolation(id + " is to run or to take an event, and has no power");
        }
        return powered;
    }

    private Engine engine() {
        return running().now();
    }
}

package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The vCPUs of a machine: which can run, the state that each finds when it continues, and the commands to them.
final class Vcpus implements Snapshot {

    /// Delivers commands to vCPUs.
    interface Carrier {
        void tell(VcpuId vcpu, VcpuCommand command);
    }

    private static final List<DataOrder> ORDERS = List.of(DataOrder.values());

    private final Carrier carrier;
    private final PowerTable power;
    private final VcpuId[] all;
    private final RegisterWrites[] returns;
    /// The entry points of vCPUs that are powered down.
    private final Effect.@Nullable PowerDown[] resumes;
    /// The vCPUs that an effect suspended, one bit each.
    private long suspendedByEffect;
    /// Each vCPU's innermost one last.
    private final List<RunReport.OpenHandler> handlers = new ArrayList<>();

    Vcpus(int count, Carrier carrier) {
        this.carrier = carrier;
        this.power = new PowerTable(count);
        this.all = IntStream.range(0, count).mapToObj(VcpuId::new).toArray(VcpuId[]::new);
        this.returns = new RegisterWrites[count];
        this.resumes = new Effect.PowerDown[count];
        Arrays.fill(returns, RegisterWrites.NONE);
    }

    long runnable() {
        return power.runnable();
    }

    /// Those that can run before a round ends, one bit each.
    long readyIn(Rounds rounds) {
        long ready = 0;
        for (int index = 0; index < all.length; index++) {
            if (power.canRun(index, rounds.clock(index)) < rounds.ends()) {
                ready |= 1L << index;
            }
        }
        return ready;
    }

    /// When the first of all can run, if nothing else happens; [PowerTable#NEVER] if none can.
    long firstReady(Rounds rounds) {
        long first = PowerTable.NEVER;
        for (int index = 0; index < all.length; index++) {
            first = Math.min(first, power.canRun(index, rounds.clock(index)));
        }
        return first;
    }

    /// When a vCPU can run, if nothing else happens.
    long canRun(int index, Rounds rounds) {
        return power.canRun(index, rounds.clock(index));
    }

    List<VcpuState> states() {
        return power.all();
    }

    /// Grants a slice to one that can run.
    ///
    /// @param budget instructions
    /// @param begins virtual time, in ticks
    /// @param shown see [Rounds#shown]
    void grant(int index, long budget, long begins, long shown, boolean fullDigest, Renewals renewals) {
        VcpuId vcpu = all[index];
        power.granted(vcpu);
        carrier.tell(vcpu, new VcpuCommand.Grant(budget, begins, shown, returns[index], fullDigest, renewals));
    }

    /// The slice that was granted has ended.
    ///
    /// @param timer as [PowerTable#timer] takes it
    void sliceEnded(VcpuId vcpu, long timer) {
        returns[vcpu.index()] = RegisterWrites.NONE;
        power.timer(vcpu, timer);
    }

    /// Sets register values for a vCPU, for the time when it continues.
    void returns(VcpuId vcpu, RegisterWrites registers) {
        returns[vcpu.index()] = registers;
    }

    /// Register values for a vCPU that are not written yet.
    RegisterWrites pending(VcpuId vcpu) {
        return returns[vcpu.index()];
    }

    /// Powers a vCPU on.
    ///
    /// @param registers what it finds there; all others are zero
    /// @param readyAt virtual time before which it executes nothing
    /// @param order byte order of its data
    void powerOn(VcpuId vcpu, long entry, RegisterWrites registers, long readyAt, DataOrder order) {
        power.powerOn(vcpu, readyAt);
        carrier.tell(vcpu, new VcpuCommand.PowerOn(entry, registers, order));
    }

    void powerOff(VcpuId vcpu) {
        power.powerOff(vcpu);
        handlers.removeIf(handler -> handler.vcpu().equals(vcpu));
        returns[vcpu.index()] = RegisterWrites.NONE;
        suspendedByEffect &= ~vcpu.bit();
        carrier.tell(vcpu, VcpuCommand.PowerOff.INSTANCE);
    }

    void allOff() {
        power.allOff();
        handlers.clear();
        Arrays.fill(returns, RegisterWrites.NONE);
        suspendedByEffect = 0;
        tellAll(VcpuCommand.PowerOff.INSTANCE);
        // A reset also forgets what engines without power keep.
        tellAll(VcpuCommand.Renew.INSTANCE);
    }

    /// A vCPU executed WFI: it waits, unless an interrupt is already pending.
    void waitsForInterrupt(VcpuId vcpu, long now) {
        power.waits(vcpu, VcpuState.SUSPENDED, now);
    }

    /// Makes a vCPU that is on do nothing for a while, whatever happens.
    ///
    /// @param until virtual time; [PowerTable#NEVER] until it is turned off
    void stall(VcpuId vcpu, long until) {
        power.stall(vcpu, until);
    }

    /// Makes a vCPU that would run do nothing for a while: see [dev.trapline.abi.machine.Injection.Hold].
    void hold(VcpuId vcpu, Rounds rounds, long ticks) {
        // One that has just been turned on has no clock of its own yet: the call that turned it on is the latest.
        long now = power.of(vcpu) == VcpuState.ON_PENDING ? rounds.latest() : rounds.now();
        power.hold(vcpu, PowerTable.later(Math.max(rounds.clock(vcpu.index()), now), ticks));
    }

    /// Changes bits of a register of a vCPU, if it has power. The results of its last call are written first,
    /// because the register may be one of them.
    void flipRegister(VcpuId vcpu, int register, long bits) {
        carrier.tell(vcpu, new VcpuCommand.FlipRegister(returns[vcpu.index()], register, bits));
        returns[vcpu.index()] = RegisterWrites.NONE;
    }

    /// Whether an interrupt is pending for a vCPU that runs, so that it would not wait.
    boolean isInterrupted(VcpuId vcpu, long now) {
        return vcpu.index() < all.length && power.of(vcpu) == VcpuState.ON && power.isInterrupted(vcpu, now);
    }

    /// A vCPU should have waited, but an interrupt was pending: it is used up.
    void stayAwake(VcpuId vcpu) {
        power.useInterrupt(vcpu);
    }

    /// The interrupt that a vCPU keeps for its next wait is lost, if there is one.
    void loseInterrupt(VcpuId vcpu) {
        power.useInterrupt(vcpu);
    }

    /// Makes a vCPU wait for an interrupt.
    ///
    /// @return false if it does not wait, because one is already pending
    boolean standby(VcpuId vcpu, long now) {
        boolean waits = power.waits(vcpu, VcpuState.SUSPENDED, now);
        if (waits) {
            suspendedByEffect |= vcpu.bit();
        }
        return waits;
    }

    /// Powers a vCPU down until an interrupt.
    ///
    /// @return false if it keeps its power, because one is already pending
    boolean powerDown(Effect.PowerDown down, long now) {
        VcpuId vcpu = down.target();
        boolean waits = power.waits(vcpu, VcpuState.POWERED_DOWN, now);
        if (waits) {
            suspendedByEffect |= vcpu.bit();
            resumes[vcpu.index()] = down;
            returns[vcpu.index()] = RegisterWrites.NONE;
            carrier.tell(vcpu, VcpuCommand.PowerDown.INSTANCE);
        }
        return waits;
    }

    /// Records the vCPUs with a high device line, one bit each.
    void lines(long high, long now) {
        power.lines(high, now);
    }

    /// Sets the lines after a state was loaded.
    void restoreLines(long high) {
        power.restoreLines(high);
    }

    /// How many there are.
    int count() {
        return all.length;
    }

    /// An interrupt for a vCPU.
    void interrupt(VcpuId vcpu, long now) {
        if (vcpu.index() >= all.length) {
            throw new InvariantViolation("an interrupt for " + vcpu + ": this machine has " + all.length + " vCPUs");
        }
        power.interrupt(vcpu, now);
    }

    /// Lets a vCPU run whose wait is over, or that is ready now.
    ///
    /// @return null if no interrupt has ended a wait
    @Nullable
    Wakeup begin(int index) {
        VcpuId vcpu = all[index];
        if (!power.begin(vcpu)) {
            return null;
        }
        if (power.of(vcpu) == VcpuState.ON_PENDING) {
            Effect.PowerDown down = resumes[index];
            if (down == null) {
                throw new InvariantViolation(vcpu + " was powered down without an address to resume at");
            }
            carrier.tell(
                    vcpu, new VcpuCommand.PowerOn(down.entry(), RegisterWrites.x0(down.contextId()), down.order()));
        }
        boolean byEffect = (suspendedByEffect & vcpu.bit()) != 0;
        suspendedByEffect &= ~vcpu.bit();
        return new Wakeup(vcpu, byEffect, power.of(vcpu) == VcpuState.ON_PENDING);
    }

    @Override
    public void save(StateWriter state) {
        power.save(state);
        for (RegisterWrites pending : returns) {
            FaultState.put(state, pending);
        }
        for (Effect.PowerDown down : resumes) {
            state.put(down != null);
            state.put(down == null ? 0 : down.entry());
            state.put(down == null ? 0 : down.contextId());
            state.put(down == null ? 0 : ORDERS.indexOf(down.order()));
        }
        state.put(suspendedByEffect);
        state.put(handlers.size());
        for (RunReport.OpenHandler handler : handlers) {
            state.put(handler.vcpu().index());
            state.put(handler.event());
        }
    }

    @Override
    public void load(StateReader state) {
        power.load(state);
        for (int index = 0; index < returns.length; index++) {
            returns[index] = FaultState.takeWrites(state);
        }
        for (int index = 0; index < resumes.length; index++) {
            boolean down = state.takeFlag();
            Effect.PowerDown resume =
                    new Effect.PowerDown(all[index], state.take(), state.take(), ORDERS.get(state.takeInt()));
            resumes[index] = down ? resume : null;
        }
        suspendedByEffect = state.take();
        handlers.clear();
        for (int left = state.takeInt(); left > 0; left--) {
            handlers.add(new RunReport.OpenHandler(all[state.takeInt()], state.take()));
        }
    }

    /// A wait that is over.
    ///
    /// @param suspendedByEffect whether firmware suspended it, and not a WFI
    /// @param lostPower whether it starts again from a power-down
    record Wakeup(VcpuId vcpu, boolean suspendedByEffect, boolean lostPower) {}

    /// Interrupts a vCPU by an event. The results of its last call are written first, so that they are not lost.
    void deliver(Effect.DeliverEvent event, long now) {
        VcpuId vcpu = event.target();
        VcpuState state = power.of(vcpu);
        InvariantViolation.require(
                state == VcpuState.ON || state == VcpuState.SUSPENDED,
                "a firmware service delivers an event to " + vcpu + ", which is " + state.description());
        carrier.tell(
                vcpu, new VcpuCommand.Deliver(returns[vcpu.index()], event.entry(), event.event(), event.argument()));
        returns[vcpu.index()] = RegisterWrites.NONE;
        handlers.add(new RunReport.OpenHandler(vcpu, event.event()));
        if (state == VcpuState.SUSPENDED) {
            power.interrupt(vcpu, now);
        }
    }

    /// The handlers that have not completed, each vCPU's innermost one last.
    List<RunReport.OpenHandler> handlers() {
        return List.copyOf(handlers);
    }

    void complete(VcpuId vcpu) {
        leaveHandler(vcpu);
        carrier.tell(vcpu, VcpuCommand.Complete.INSTANCE);
    }

    void completeAndResume(VcpuId vcpu, long address) {
        leaveHandler(vcpu);
        carrier.tell(vcpu, new VcpuCommand.CompleteAndResume(address));
    }

    /// Whether a handler on a vCPU has not completed.
    boolean isInHandler(VcpuId vcpu) {
        return handlers.stream().anyMatch(handler -> handler.vcpu().equals(vcpu));
    }

    private void leaveHandler(VcpuId vcpu) {
        for (int i = handlers.size() - 1; i >= 0; i--) {
            if (handlers.get(i).vcpu().equals(vcpu)) {
                handlers.remove(i);
                return;
            }
        }
    }

    /// Sends a command to all vCPUs that are not off: the others have no engine.
    void tellAllButOff(VcpuCommand.Change change) {
        for (VcpuId vcpu : all) {
            switch (power.of(vcpu)) {
                case ON, ON_PENDING, SUSPENDED, POWERED_DOWN, STALLED -> carrier.tell(vcpu, change);
                case OFF -> {}
            }
        }
    }

    /// Sends a command to one vCPU.
    void tell(VcpuId vcpu, VcpuCommand.Change change) {
        carrier.tell(vcpu, change);
    }

    void tellAll(VcpuCommand.Change change) {
        for (VcpuId vcpu : all) {
            carrier.tell(vcpu, change);
        }
    }
}

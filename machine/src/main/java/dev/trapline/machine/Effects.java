package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.Board;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.memory.MachineMemory;
import dev.trapline.machine.firmware.MachineServices;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Executes the effects of services, in answers and in reactions to events, and notifies services of events. Everything
/// happens between two slices.
final class Effects {

    /// The run in which this happens.
    interface Run {
        /// Virtual time.
        long now();

        boolean isOver();

        void finish(RunOutcome how);

        /// A service has effects in reaction to an event.
        void reacted(JournalRecord.Reaction reaction);
    }

    /// A reaction can lead to another one, as a power-on leads to what other services do for it: a few times.
    private static final int MOST_NESTED = 100;

    /// Without an instruction of the guest: far more than the events that can come in from outside at once.
    private static final int MOST_REACTIONS = 100_000;

    /// What reactions between two slices may have together: they wait in memory until they are stored.
    private static final long MOST_REACTION_BYTES = 256L << 20;

    private final MachineSpec spec;
    private final BootPlan boot;
    private final MachineMemory memory;
    private final Board board;
    private final Vcpus vcpus;
    private final StolenTime stolen;
    private final Inputs inputs;
    private final MachineServices services;
    private final Run run;
    private final EffectCheck check;
    /// How many reactions have led to the one that is being executed.
    private int depth;
    /// How many there were since a slice ended, and how many slices had ended.
    private int reactions;
    private long reactionBytes;
    private long countedAt;

    Effects(
            MachineSpec spec,
            BootPlan boot,
            MachineMemory memory,
            Board board,
            Vcpus vcpus,
            StolenTime stolen,
            Inputs inputs,
            MachineServices services,
            Run run) {
        this.spec = spec;
        this.boot = boot;
        this.memory = memory;
        this.board = board;
        this.vcpus = vcpus;
        this.stolen = stolen;
        this.inputs = inputs;
        this.services = services;
        this.run = run;
        this.check = new EffectCheck(spec, memory, vcpus);
    }

    /// The first start of the machine.
    void powerOnMachine() {
        loadMemory();
        start();
    }

    /// Notifies all services of an event, and executes their effects.
    void tellServices(MachineEvent event) {
        for (String service : services.names()) {
            tell(service, event);
        }
    }

    /// Whether the machine has a service.
    boolean know(String service) {
        return services.names().contains(service);
    }

    /// Notifies one service.
    ///
    /// @throws ServiceFailure if its reactions lead to each other without end
    void tell(String service, MachineEvent event) {
        if (run.isOver()) {
            return;
        }
        List<Effect> effects = services.notice(service, event);
        if (!effects.isEmpty()) {
            requireEnd(service, event, EffectCheck.requireRecordable(effects, service));
            List<Effect> feasible = feasible(effects);
            run.reacted(new JournalRecord.Reaction(service, feasible));
            depth++;
            try {
                apply(feasible, service);
            } finally {
                depth--;
            }
        }
    }

    private void requireEnd(String service, MachineEvent event, long bytes) {
        if (inputs.slices() != countedAt) {
            countedAt = inputs.slices();
            reactions = 0;
            reactionBytes = 0;
        }
        reactions++;
        reactionBytes += bytes;
        if (reactionBytes > MOST_REACTION_BYTES) {
            reactionBytes = 0;
            throw new ServiceFailure(
                    service,
                    "reacts to events with effects of more than " + (MOST_REACTION_BYTES >> 20)
                            + " MiB, and the guest executes nothing meanwhile",
                    null);
        }
        if (depth >= MOST_NESTED || reactions > MOST_REACTIONS) {
            reactions = 0;
            throw new ServiceFailure(
                    service,
                    "reacts to events that its own effects lead to, without end: the last one is "
                            + event.getClass().getSimpleName() + ", and the guest executes nothing meanwhile",
                    null);
        }
    }

    /// The effects that the machine executes and records: the requested ones, with [Effect.StayAwake] for a vCPU
    /// that should wait while an interrupt is pending.
    List<Effect> feasible(List<Effect> wanted) {
        if (wanted.isEmpty()) {
            return wanted;
        }
        long woken = 0;
        List<Effect> feasible = new ArrayList<>(wanted.size());
        for (Effect effect : wanted) {
            if (effect instanceof Effect.Wake(VcpuId target)) {
                woken |= target.bit();
            }
            VcpuId waits = waiting(effect);
            if (waits != null && ((woken & waits.bit()) != 0 || vcpus.isInterrupted(waits, run.now()))) {
                feasible.add(new Effect.StayAwake(waits));
            } else {
                feasible.add(effect);
            }
        }
        return feasible;
    }

    private static @Nullable VcpuId waiting(Effect effect) {
        if (effect instanceof Effect.Standby(VcpuId target)) {
            return target;
        }
        return effect instanceof Effect.PowerDown down ? down.target() : null;
    }

    /// Executes the effects of a service, in their order.
    ///
    /// @throws ServiceFailure at the first impossible effect
    void apply(List<Effect> effects, String service) {
        for (Effect effect : effects) {
            if (!run.isOver()) {
                check.require(effect, service);
                apply(effect, service);
            }
        }
    }

    private void apply(Effect effect, String service) {
        switch (effect) {
            case Effect.PowerOn on -> {
                vcpus.powerOn(on.target(), on.entry(), RegisterWrites.x0(on.contextId()), on.readyAt(), on.order());
                tellServices(new MachineEvent.PoweredOn(on.target()));
            }
            case Effect.PowerOff(VcpuId target) -> {
                vcpus.powerOff(target);
                tellServices(new MachineEvent.PoweredOff(target));
            }
            // An effect before it may have led to an interrupt.
            case Effect.Standby(VcpuId target) -> {
                if (!vcpus.standby(target, run.now())) {
                    stayedAwake(target);
                }
            }
            case Effect.PowerDown down -> {
                if (vcpus.powerDown(down, run.now())) {
                    tellServices(new MachineEvent.PoweredDown(down.target()));
                } else {
                    stayedAwake(down.target());
                }
            }
            case Effect.StayAwake(VcpuId target) -> {
                vcpus.stayAwake(target);
                stayedAwake(target);
            }
            case Effect.Wake(VcpuId target) -> vcpus.interrupt(target, run.now());
            case Effect.WriteMemory(long address, Bytes bytes) -> writeMemory(address, bytes);
            case Effect.DeliverEvent deliver -> vcpus.deliver(deliver, run.now());
            case Effect.CompleteEvent(VcpuId target) -> vcpus.complete(target);
            case Effect.CompleteEventAndResume(VcpuId target, long address) -> vcpus.completeAndResume(target, address);
            case Effect.DrawEntropy(int bytes) -> inputs.requestEntropy(service, bytes);
            case Effect.ShareStolenTime(VcpuId of, long address) -> {
                stolen.share(of, address);
                vcpus.tellAllButOff(new VcpuCommand.DropTranslations(address, Long.BYTES));
            }
            case Effect.RouteInterrupt(VcpuId target, int intid, var receiver) ->
                board.interrupts().route(target, intid, receiver);
            case Effect.SystemOff(Effect.SystemOff.Off kind) ->
                run.finish(
                        switch (kind) {
                            case POWER_OFF -> new RunOutcome.PoweredOff();
                            case HIBERNATE -> new RunOutcome.Hibernated();
                        });
            case Effect.SystemReset reset -> reset(reset);
            case Effect.ExitRun(long status) -> run.finish(new RunOutcome.Exited(status));
        }
    }

    private void stayedAwake(VcpuId vcpu) {
        tellServices(new MachineEvent.StayedAwake(vcpu, run.now()));
    }

    private void writeMemory(long address, Bytes bytes) {
        InvariantViolation.require(memory.write(address, bytes), "a write that was checked is not in memory");
        vcpus.tellAllButOff(new VcpuCommand.DropTranslations(address, bytes.size()));
    }

    /// Why an injection is not possible; empty if it is, or if the board says why.
    String whyNot(Injection what) {
        return Upsets.whyNot(what, spec);
    }

    /// Changes bits of a byte of memory.
    void flipMemory(long address, int bits) {
        byte flipped = (byte) (memory.read(address, 1).at(0) ^ bits);
        writeMemory(address, Bytes.copyOf(new byte[] {flipped}));
    }

    private void reset(Effect.SystemReset reset) {
        if (!spec.run().rebootOnReset()) {
            run.finish(new RunOutcome.ResetRequested(reset.kind(), reset.request()));
            return;
        }
        vcpus.allOff();
        board.reset();
        stolen.forgetAll();
        inputs.forgetRequests();
        services.restart();
        switch (reset.kind()) {
            case COLD -> {
                memory.clear();
                loadMemory();
            }
            case WARM -> {}
        }
        start();
    }

    private void loadMemory() {
        for (BootPlan.MemoryWrite write : boot.writes()) {
            InvariantViolation.require(
                    memory.write(write.address(), write.bytes()), "the boot plan writes outside memory");
        }
    }

    private void start() {
        vcpus.powerOn(VcpuId.BOOT, boot.entry(), boot.registers(spec.cpus().width()), run.now(), DataOrder.LITTLE);
        tellServices(new MachineEvent.Started());
    }
}

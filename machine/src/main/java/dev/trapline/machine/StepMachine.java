package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.memory.PageStore;
import dev.trapline.machine.firmware.KeptState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A machine that its caller drives, on the caller's thread, a slice or a part of a slice at a time. It has the same
/// loop, the same vCPUs and the same services as a machine of actors, and so the same history: live, recorded, or
/// replayed, depending on its [MachineParts].
///
/// Every failure in it ends the run with a matching outcome; no exception is thrown.
public final class StepMachine {

    private record Turn(VcpuId vcpu, VcpuCommand.Grant grant) {}

    private final MachineParts parts;
    private final MachineCore core;
    private final List<VcpuLogic> vcpus = new ArrayList<>();
    private @Nullable Turn turn;
    private boolean partlyRun;
    private long stepped;
    private long stepShown;

    /// A machine without power.
    ///
    /// @param parts the parts, which belong to it from now on
    public StepMachine(MachineParts parts) {
        this.parts = parts;
        this.core = parts.core(new Around());
        for (int index = 0; index < parts.spec().cpus().count(); index++) {
            vcpus.add(parts.vcpu(new VcpuId(index)));
        }
    }

    /// Powers the machine on, and stops before its first slice.
    public void begin() {
        guarded(core::begin);
    }

    /// How many slices have ended.
    public long slices() {
        return core.progress().slices();
    }

    /// The beginning of the granted slice, in ticks, by the clock of its vCPU. So it steps back when another vCPU
    /// has its turn in the same round. If no slice was granted, the length of the run in virtual time.
    public long now() {
        return turn == null ? core.progress().virtualTime() : turn.grant().begins();
    }

    /// The state of each vCPU.
    public List<VcpuState> states() {
        return core.vcpus().states();
    }

    /// The handlers of events that have not completed, each vCPU's innermost one last.
    public List<RunReport.OpenHandler> openHandlers() {
        return core.vcpus().handlers();
    }

    /// The policy in force.
    public Policy policy() {
        return core.policy();
    }

    /// What the run came to.
    ///
    /// @throws dev.trapline.abi.InvariantViolation if it is not over
    public RunReport report() {
        return core.report(null, parts.memory().digest(), 0);
    }

    /// The outcome of the run; null while it continues.
    public @Nullable RunOutcome outcome() {
        return core.outcome();
    }

    /// The vCPU that runs next; null if none does: the run is over, or waits for its recording to be stored.
    public @Nullable VcpuId next() {
        return turn == null ? null : turn.vcpu();
    }

    /// Whether every vCPU has a fresh engine before the granted slice: a machine that is restored here continues
    /// exactly like this one, whatever maintenance its guest omits.
    public boolean isRenewed() {
        return turn != null && !partlyRun && core.isRenewed();
    }

    /// Runs the granted slice, which leads to the next grant, or to the end of the run.
    public void runSlice() {
        guarded(() -> {
            Turn taken = taken();
            turn = null;
            switch (core.faulted(logic(taken.vcpu()).run(taken.grant()))) {
                case SliceEnd.Own end -> core.sliceEnded(end);
                case SliceEnd.Forwarded end -> core.answerInPlace(end);
            }
        });
    }

    private void guarded(Runnable step) {
        try {
            step.run();
            // WIDE: every failure here ends this run, with its last events in the outcome.
        } catch (RuntimeException | Error e) {
            core.fail(e);
        }
    }

    /// Runs a part of the granted slice, without any consequences: nothing may be run after it.
    ///
    /// @param instructions no more than the slice has
    /// @return what ended it; the budget if it has so many instructions
    public Exit runPart(long instructions) {
        Turn taken = taken();
        partlyRun = true;
        return logic(taken.vcpu()).runPart(taken.grant().first(instructions)).exit();
    }

    /// Runs the next single instruction of the granted slice. The guest cannot notice the steps, because virtual
    /// time is the number of instructions.
    ///
    /// @return whether the slice has more
    public boolean step() {
        Turn taken = stepped == 0 ? taken() : turn;
        if (taken == null) {
            throw new IllegalStateException("no slice was granted");
        }
        partlyRun = true;
        VcpuCommand.Grant whole = taken.grant();
        VcpuLogic.PartEnd step =
                logic(taken.vcpu()).runPart(stepped == 0 ? whole.first(1) : whole.single(stepped, stepShown));
        stepped += step.executed();
        stepShown = step.shown();
        return step.exit() instanceof Exit.BudgetUsed && stepped < whole.budget();
    }

    /// The budget of the slice that was granted, in instructions.
    public long budget() {
        return taken().grant().budget();
    }

    private Turn taken() {
        if (turn == null || partlyRun) {
            throw new IllegalStateException(
                    partlyRun ? "a slice was run in part: nothing can follow it" : "no slice was granted");
        }
        return turn;
    }

    /// The registers of a vCPU as its next instruction finds them; null if it has no power.
    ///
    public @Nullable GeneralRegisters registers(VcpuId vcpu) {
        boolean seen = partlyRun && turn != null && turn.vcpu().equals(vcpu);
        return logic(vcpu).look(seen ? RegisterWrites.NONE : core.vcpus().pending(vcpu));
    }

    /// Whether a part of a slice was run: nothing can follow it but [#load].
    public boolean isPartlyRun() {
        return partlyRun;
    }

    /// Checks that it is before a slice.
    ///
    /// @throws IllegalStateException if no slice comes next, or a part of it was run
    public void requireSlice() {
        taken();
    }

    /// Saves all that the machine holds but its memory and its services.
    public void save(StateWriter state) {
        Turn next = taken();
        core.save(state);
        state.put(next.vcpu().index());
        state.put(next.grant().budget());
        state.put(next.grant().begins());
        state.put(next.grant().shown());
        state.put(next.grant().fullDigest());
        next.grant().renewals().save(state);
        vcpus.forEach(vcpu -> vcpu.save(state));
    }

    /// Restores a state of [#save]. Memory and services must be restored before.
    ///
    /// @param inForce the policy from here on
    public void load(StateReader state, Policy inForce) {
        restore(state, inForce, VcpuLogic::load);
    }

    /// The place before the granted slice, with memory and services.
    public StartingPoint startingPoint() {
        StateWriter state = new StateWriter();
        save(state);
        return new StartingPoint(
                state.toBytes(),
                List.copyOf(parts.services().keep()),
                policy(),
                parts.memory().copy(new PageStore()));
    }

    /// Goes back to a place of this very machine, also after the end of its run. Its engines stay open, and keep
    /// the translations of code that has not changed. Inputs come from its choices, which know nothing of this.
    public void rewind(StartingPoint point) {
        parts.memory().restore(point.memory);
        point.services.forEach(KeptState::restore);
        restore(new StateReader(point.machine), point.policy, VcpuLogic::rewind);
    }

    /// Goes to a place of another machine that is described alike. It must be before its first slice.
    ///
    /// @return the same place of this machine, for [#rewind]. Both share the copy of memory
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if the state of a service cannot be
    ///     written
    /// @throws dev.trapline.abi.state.StateDamagedException if the machines differ
    public StartingPoint adopt(StartingPoint other) {
        List<KeptState> services = parts.services()
                .kept(other.services.stream().map(KeptState::bytes).toList());
        parts.memory().restore(other.memory);
        services.forEach(KeptState::restore);
        restore(new StateReader(other.machine), other.policy, VcpuLogic::load);
        return new StartingPoint(other.machine, services, other.policy, other.memory);
    }

    private void restore(StateReader state, Policy inForce, BiConsumer<VcpuLogic, StateReader> each) {
        core.load(state, inForce);
        VcpuId next = new VcpuId(state.takeInt());
        turn = new Turn(
                next,
                new VcpuCommand.Grant(
                        state.take(),
                        state.take(),
                        state.take(),
                        core.vcpus().pending(next),
                        state.takeFlag(),
                        Renewals.load(state)));
        partlyRun = false;
        stepped = 0;
        vcpus.forEach(vcpu -> each.accept(vcpu, state));
    }

    /// Frees all engines.
    public void close() {
        vcpus.forEach(VcpuLogic::close);
    }

    private VcpuLogic logic(VcpuId vcpu) {
        return vcpus.get(vcpu.index());
    }

    /// Executes at once what an actor would get as a message, except for a grant, which waits until it is run.
    /// Because a machine has one token, the history is the same.
    private final class Around implements MachineCore.Surroundings {

        @Override
        public void tell(VcpuId vcpu, VcpuCommand command) {
            switch (command) {
                case VcpuCommand.Grant grant -> turn = new Turn(vcpu, grant);
                case VcpuCommand.Change change -> logic(vcpu).apply(change);
            }
        }

        /// Engines stay open, so that their state can be read after the run.
        @Override
        public void ended() {
            turn = null;
        }
    }
}

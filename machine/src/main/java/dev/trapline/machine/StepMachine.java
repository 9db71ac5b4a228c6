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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A machine that is driven by its caller, on the caller's thread: a slice at a time, or a part of one. It has the same
/// loop, the same vCPUs and the same services as a machine of actors, and so the same history: live, recorded, or
/// replayed, as its [MachineParts] say.
///
/// Whatever breaks in it ends the run, with the outcome that says so; nothing is thrown for it.
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
    /// @param parts belong to it from now on
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

    /// When the slice begins that was granted, in ticks: by the clock of its vCPU, so it goes back where another
    /// vCPU has its turn in the same round. If none was granted, how much virtual time the run has taken.
    public long now() {
        return turn == null
                ? core.progress().virtualTime()
                : turn.grant().span().begins();
    }

    /// Where each vCPU is in its life.
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

    /// How the run ended; null while it goes on.
    public @Nullable RunOutcome outcome() {
        return core.outcome();
    }

    /// The vCPU that runs next; null if none does: the run is over, or waits for its recording to be stored.
    public @Nullable VcpuId next() {
        return turn == null ? null : turn.vcpu();
    }

    /// Runs the slice that was granted: that leads to the next grant, or to the end of the run.
    public void runSlice() {
        guarded(() -> {
            Turn taken = taken();
            turn = null;
            switch (logic(taken.vcpu()).run(taken.grant())) {
                case SliceEnd.Own end -> core.sliceEnded(end);
                case SliceEnd.Forwarded end -> core.answerInPlace(end);
            }
        });
    }

    private void guarded(Runnable step) {
        try {
            step.run();
            // WIDE: whatever breaks in here ends this run, with its last events in the outcome.
        } catch (RuntimeException | Error e) {
            core.fail(e);
        }
    }

    /// Runs a part of the slice that was granted, and tells nobody: nothing may be run after it.
    ///
    /// @param instructions no more than the slice has
    /// @return what ended it; the budget if it has so many instructions
    public Exit runPart(long instructions) {
        Turn taken = taken();
        VcpuCommand.Grant whole = taken.grant();
        partlyRun = true;
        return logic(taken.vcpu())
                .runPart(new VcpuCommand.Grant(
                        new VcpuCommand.Span(
                                instructions,
                                whole.span().begins(),
                                whole.span().shown()),
                        whole.writes(),
                        false,
                        whole.renewals()))
                .exit();
    }

    /// Runs one instruction of the slice that was granted, behind those that were stepped through before. That a
    /// slice is run in steps does not show: virtual time is the number of instructions.
    ///
    /// @return whether the slice has more
    public boolean step() {
        Turn taken = stepped == 0 ? taken() : turn;
        if (taken == null) {
            throw new IllegalStateException("no slice was granted");
        }
        partlyRun = true;
        VcpuCommand.Grant whole = taken.grant();
        VcpuCommand.Span span = whole.span();
        Renewals renewals = whole.renewals().recorded().contains(stepped) ? Renewals.NONE.and(0) : Renewals.NONE;
        VcpuLogic.PartEnd step = logic(taken.vcpu())
                .runPart(new VcpuCommand.Grant(
                        new VcpuCommand.Span(1, span.begins() + stepped, stepped == 0 ? span.shown() : stepShown),
                        stepped == 0 ? whole.writes() : RegisterWrites.NONE,
                        false,
                        renewals));
        stepped += step.executed();
        stepShown = step.shown();
        return step.exit() instanceof Exit.BudgetUsed && stepped < span.budget();
    }

    /// The budget of the slice that was granted, in instructions.
    public long budget() {
        return taken().grant().span().budget();
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
        state.put(next.grant().span().budget());
        state.put(next.grant().span().begins());
        state.put(next.grant().span().shown());
        state.put(next.grant().fullDigest());
        next.grant().renewals().save(state);
        vcpus.forEach(vcpu -> vcpu.save(state));
    }

    /// Becomes what [#save] saved. Memory and services are restored before.
    ///
    /// @param inForce the policy from here on
    public void load(StateReader state, Policy inForce) {
        core.load(state, inForce);
        VcpuId next = new VcpuId(state.takeInt());
        turn = new Turn(
                next,
                new VcpuCommand.Grant(
                        new VcpuCommand.Span(state.take(), state.take(), state.take()),
                        core.vcpus().pending(next),
                        state.takeFlag(),
                        Renewals.load(state)));
        partlyRun = false;
        stepped = 0;
        vcpus.forEach(vcpu -> vcpu.load(state));
    }

    /// Frees all engines.
    public void close() {
        vcpus.forEach(VcpuLogic::powerOff);
    }

    private VcpuLogic logic(VcpuId vcpu) {
        return vcpus.get(vcpu.index());
    }

    /// What an actor would be told is done at once, but for a grant, which waits to be run. Since a machine has one
    /// token, that is the same history.
    private final class Around implements MachineCore.Surroundings {

        @Override
        public void tell(VcpuId vcpu, VcpuCommand command) {
            switch (command) {
                case VcpuCommand.Grant grant -> turn = new Turn(vcpu, grant);
                case VcpuCommand.Change change -> logic(vcpu).apply(change);
            }
        }

        /// Engines stay: what the run left in them can be looked at.
        @Override
        public void ended() {
            turn = null;
        }
    }
}

package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.firmware.AnswerCheck;
import dev.trapline.machine.firmware.MachineServices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks for each hypercall whether it gets a fault, and carries the fault out. There is one call at a time, because
/// there is one token.
final class CallFaults implements Snapshot {

    private final Choices choices;
    private final History history;
    private final RunLog log;
    private final Rounds rounds;
    private final Vcpus vcpus;
    private final MachineServices services;
    private final Consumer<String> crash;
    private final boolean possible;
    /// How many calls each vCPU has made.
    private final long[] calls;
    private final Asked asked = new Asked();
    /// The fault that a recording has for the next slice.
    private @Nullable CallFault ahead;
    /// The fault of the call that is being answered.
    private @Nullable CallFault current;
    /// Whether it was chosen here, and so is to be recorded.
    private boolean chosen;

    /// @param crash lets the actor of a service crash, if it has one
    CallFaults(MachineParts parts, Rounds rounds, Vcpus vcpus, Consumer<String> crash) {
        this.choices = parts.choices();
        this.history = parts.history();
        this.log = parts.log();
        this.services = parts.services();
        this.rounds = rounds;
        this.vcpus = vcpus;
        this.crash = crash;
        this.possible = parts.spec().run().faults();
        this.calls = new long[parts.spec().cpus().count()];
    }

    /// A recording has a fault for the next slice.
    ///
    /// @throws DivergenceException if it has two
    void expect(CallFault fault) {
        if (ahead != null) {
            throw diverged("two faults of one call");
        }
        if (!possible) {
            throw diverged("a fault of a call, and its header says that there is none");
        }
        ahead = fault;
    }

    /// What the machine does at the end of a slice: the same without a fault.
    ///
    /// @throws DivergenceException if a recording has a fault that is not possible here
    SliceEnd at(SliceEnd end) {
        if (!(end instanceof SliceEnd.Call call) || !isMade(call.decision())) {
            if (ahead != null) {
                throw diverged("a fault of a call, and the slice ends without one");
            }
            return end;
        }
        calls[end.slice().vcpu().index()]++;
        // Also in a replay that will go on live: a plan counts calls.
        CallFault wanted = choices.fault(asked.about(call));
        // A recording may have been cut off between a fault and its slice.
        chosen = ahead == null && !history.isReplay();
        current = chosen ? wanted : ahead;
        ahead = null;
        // The header names the kinds of record before the run.
        InvariantViolation.require(
                possible || !chosen || current == null,
                "a call gets a fault, and the machine is described without: RunSpec.withFaults(true)");
        return current == null ? end : with(current, call);
    }

    // A call that failed its condition check was not made.
    private static boolean isMade(Decision decision) {
        return !(decision instanceof Decision.Denied(Decision.Reason reason) && reason == Decision.Reason.CONDITION);
    }

    private SliceEnd with(CallFault fault, SliceEnd.Call call) {
        if (fault.needsService() && !(call instanceof SliceEnd.Served)) {
            throw impossible("a fault of a service on a call that no service gets");
        }
        HypercallExit exit = exitOf(call);
        if (AnswerCheck.forbidden(exit, false, FaultCheck.writes(fault)) != 0) {
            throw impossible("a fault in a register that its caller does not have");
        }
        return switch (fault) {
            case CallFault.Refused(RegisterWrites result) -> refused(call, result);
            case CallFault.Lost _ -> refused(call, RegisterWrites.NONE);
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites error) ->
                switch (when) {
                    case BEFORE, WHILE -> {
                        crash.accept(call.decision().service());
                        yield refused(call, error);
                    }
                    case AFTER -> call;
                };
            case CallFault.WrongArgument(RegisterWrites arguments) -> changed(call, exit, arguments);
            case CallFault.Forgotten _ -> forgotten(call);
            case CallFault.WrongResult _, CallFault.Late _, CallFault.Repeated _ -> call;
        };
    }

    private static SliceEnd refused(SliceEnd.Call call, RegisterWrites result) {
        return new SliceEnd.Refused(call.slice(), call.reading(), call.shown(), call.decision(), result);
    }

    private SliceEnd forgotten(SliceEnd.Call call) {
        try {
            services.restart(call.decision().service());
            return call;
        } catch (ServiceFailure failure) {
            return new SliceEnd.Unanswered(call.slice(), call.reading(), call.shown(), failure);
        }
    }

    private static SliceEnd changed(SliceEnd.Call call, HypercallExit exit, RegisterWrites arguments) {
        if (!(call instanceof SliceEnd.Served served)) {
            return call;
        }
        long[] registers = new long[GeneralRegisters.COUNT];
        exit.registers().copyTo(registers);
        arguments.applyTo(registers);
        return served.with(exit.with(GeneralRegisters.copyOf(registers)));
    }

    private static HypercallExit exitOf(SliceEnd.Call call) {
        if (call.slice().exit() instanceof HypercallExit exit) {
            return exit;
        }
        throw new InvariantViolation("a call without a hypercall: " + call);
    }

    private RuntimeException impossible(String what) {
        return chosen ? new InvariantViolation("chosen: " + what) : diverged(what);
    }

    private DivergenceException diverged(String what) {
        Position position = Position.ofSlice(rounds.slices());
        return new DivergenceException(position, "the replay diverges at " + position + ": the recording has " + what);
    }

    /// Records the fault of the slice that has ended, if there is one: in front of the slice.
    void record() {
        if (current != null && chosen) {
            JournalRecord.Faulted faulted = new JournalRecord.Faulted(current);
            history.append(faulted);
            log.add(faulted);
        }
    }

    /// A service has answered: its second answer if it gets the call twice, with the effects of both.
    Reply<?> answered(String service, ServiceCall call, Reply<?> first) {
        if (!(current instanceof CallFault.Repeated) || !continues(call.caller(), first.effects())) {
            return first;
        }
        Reply<?> second = services.answer(service, call);
        List<Effect> both = new ArrayList<>(first.effects());
        both.addAll(second.effects());
        return new Reply<>(second.state(), second.registers(), both);
    }

    private static boolean continues(VcpuId caller, List<Effect> effects) {
        return effects.stream().noneMatch(effect -> switch (effect) {
            case Effect.PowerOff(VcpuId target) -> target.equals(caller);
            case Effect.Standby(VcpuId target) -> target.equals(caller);
            case Effect.PowerDown down -> down.target().equals(caller);
            case Effect.EventHandling handling -> handling.target().equals(caller);
            case Effect.SystemOff _, Effect.SystemReset _, Effect.ExitRun _ -> true;
            case Effect.PowerOn _,
                    Effect.StayAwake _,
                    Effect.Wake _,
                    Effect.WriteMemory _,
                    Effect.DrawEntropy _,
                    Effect.ShareStolenTime _,
                    Effect.RouteInterrupt _ -> false;
        });
    }

    /// What the call returns.
    ///
    /// @param answer of its service
    RegisterWrites returned(RegisterWrites answer) {
        return current instanceof CallFault.WrongResult(RegisterWrites wrong) ? answer.and(wrong) : answer;
    }

    /// All consequences of the answer have happened.
    ///
    /// @param ended the caller's virtual time behind the call
    void settle(VcpuId caller, Decision decision, long ended) {
        CallFault fault = current;
        current = null;
        switch (fault) {
            case null -> {}
            case CallFault.Late(long ticks) -> vcpus.stall(caller, PowerTable.later(ended, ticks));
            case CallFault.Lost(long ticks) -> vcpus.stall(caller, PowerTable.later(ended, ticks));
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites _) -> {
                if (when == CallFault.Crashed.When.AFTER) {
                    crash.accept(decision.service());
                }
            }
            case CallFault.Refused _,
                    CallFault.WrongArgument _,
                    CallFault.WrongResult _,
                    CallFault.Repeated _,
                    CallFault.Forgotten _ -> {}
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(calls);
        FaultState.put(state, ahead);
    }

    @Override
    public void load(StateReader state) {
        state.take(calls);
        ahead = FaultState.take(state);
        current = null;
    }

    /// The call about which a choice is asked.
    private final class Asked implements Choices.Call {

        private SliceEnd.@Nullable Call call;

        private Asked about(SliceEnd.Call next) {
            call = next;
            return this;
        }

        private SliceEnd.Call now() {
            if (call == null) {
                throw new InvariantViolation("no call is asked about");
            }
            return call;
        }

        @Override
        public VcpuId caller() {
            return now().slice().vcpu();
        }

        @Override
        public long nth() {
            return calls[caller().index()];
        }

        @Override
        public HypercallExit exit() {
            return exitOf(now());
        }

        @Override
        public int function() {
            int given = (int) exit().registers().x(0);
            return now() instanceof SliceEnd.Served served
                    ? served.call().capabilities().named(given).value()
                    : given;
        }

        @Override
        public @Nullable String service() {
            return now() instanceof SliceEnd.Served served ? served.decision().service() : null;
        }

        @Override
        public long time() {
            return now().slice().made();
        }

        @Override
        public long slice() {
            return rounds.slices();
        }
    }
}

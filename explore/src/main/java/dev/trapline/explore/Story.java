package dev.trapline.explore;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.Visible;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.text.HypercallText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What is left of a failing run, in plain words.
public final class Story {

    private Story() {}

    /// One line for each choice that the failure needs; one that says so if it needs none.
    ///
    /// @param names the machine's functions
    /// @param scenes where the vCPUs stood
    public static List<String> of(Minimum minimum, HypercallText names, Scenes scenes) {
        List<String> lines = new ArrayList<>();
        for (FaultRule rule : minimum.rules().rules()) {
            lines.add("the fault '" + rule.name() + "' (" + HypercallText.fault(rule.what()) + "), as planned");
        }
        for (Choice choice : minimum.choices()) {
            lines.add(
                    choice instanceof Choice.OfFault(CallKey call, CallFault fault)
                            ? line(call, fault, minimum.faulted().functions().get(call), names) + scenes.fault(call)
                            : line(choice, scenes));
        }
        for (PlannedInjection injection : minimum.injections()) {
            lines.add(HypercallText.injection(injection.what()) + ", " + when(injection.when()));
        }
        if (lines.isEmpty()) {
            lines.add("nothing: it fails in the order of round robin, without any fault");
        }
        return lines;
    }

    private static String when(Moment moment) {
        return switch (moment) {
            case Moment.AtSlice(long ordinal) -> "before slice " + ordinal;
            case Moment.AtTime(long ticks) -> String.format(Locale.ROOT, "at %.9f s", Figures.seconds(ticks));
        };
    }

    private static String line(CallKey call, CallFault fault, @Nullable Integer function, HypercallText names) {
        return "call " + call.nth() + " of " + call.caller()
                + (function == null ? "" : ", " + names.name(new FunctionId(function))) + ": "
                + HypercallText.fault(fault);
    }

    private static String line(Choice choice, Scenes scenes) {
        return switch (choice) {
            case Choice.OfFault(CallKey call, CallFault fault) -> call + ": " + HypercallText.fault(fault);
            case Choice.OfTurn(ChoicePoint asked, Turn turn) -> line(asked, turn, scenes);
            case Choice.OfArrival(ChoicePoint asked, var arrival) ->
                arrival(arrival) + ", " + when(new Moment.AtTime(asked.clock(asked.after())));
            case Choice.Planned(long moment, var arrival) -> arrival(arrival) + ", " + when(new Moment.AtTime(moment));
            case Choice.RoundEnd(long moment) -> "the round ends " + when(new Moment.AtTime(moment));
            case Choice.OfEntropy(var asked, var bytes) ->
                asked + ": " + Figures.count(bytes.size(), "byte") + " of entropy";
        };
    }

    private static String arrival(JournalRecord.Arrival arrival) {
        return switch (arrival) {
            case JournalRecord.Injected(Injection what) -> HypercallText.injection(what);
            case JournalRecord.ConsoleInput(Bytes bytes) ->
                "the user types "
                        + (bytes.size() == 1 ? Visible.line(text(bytes)) : Figures.count(bytes.size(), "byte"));
            case JournalRecord.Frame(Bytes bytes) -> "a frame of " + Figures.count(bytes.size(), "byte") + " arrives";
            case JournalRecord.Reconfigured _ -> "the policy changes";
            case JournalRecord.Stop _ -> "the run is stopped";
        };
    }

    private static String text(Bytes bytes) {
        return "'" + new String(bytes.toArray(), StandardCharsets.ISO_8859_1) + "'";
    }

    private static String line(ChoicePoint asked, Turn turn, Scenes scenes) {
        String when = String.format(Locale.ROOT, "at %.9f s, ", Figures.seconds(asked.at()));
        if (turn.length() == 0) {
            return when + "when " + asked.after() + " had its turn, " + turn.vcpu() + " gets none in this round";
        }
        boolean isFirst = asked.at() == 0 && asked.round() == 0;
        String left = scenes.left(asked);
        String how = isFirst
                ? turn.vcpu() + " runs first"
                : turn.vcpu().equals(asked.after())
                        ? asked.after() + " continues" + left
                        : asked.after() + " is left" + left + ", and " + turn.vcpu() + " runs" + scenes.next(asked);
        return when + how + ", for " + Figures.count(turn.length(), "tick");
    }

    /// The faults of a minimum as a plan: those of single calls are named by their numbers.
    ///
    /// @param own what is injected without the plan, and so is no part of it
    /// @param slices how many more slices the run has than one of an ordinary machine
    public static FaultPlan plan(Minimum minimum, List<PlannedInjection> own, long slices) {
        List<FaultRule> rules = new ArrayList<>(minimum.rules().rules());
        for (Choice choice : minimum.choices()) {
            if (choice instanceof Choice.OfFault(CallKey call, CallFault fault)) {
                rules.add(rule(call, fault, minimum.faulted()));
            }
        }
        List<PlannedInjection> injections = new ArrayList<>(minimum.injections());
        injections.removeAll(own);
        for (Choice choice : minimum.choices()) {
            if (choice instanceof Choice.Planned(long moment, JournalRecord.Injected(Injection what))) {
                injections.add(new PlannedInjection(what, new Moment.AtTime(moment)));
            }
        }
        for (PlannedInjection injection : injections) {
            MachineFault fault = fault(injection.what());
            if (fault != null) {
                rules.add(new FaultRule(
                        "fault" + (rules.size() + 1),
                        Moments.once(earlier(injection.when(), slices)),
                        Occasion.ALWAYS,
                        fault));
            }
        }
        return new FaultPlan(rules);
    }

    /// The fault of one call: the number among the calls of its function stays, also if other calls come before it.
    private static FaultRule rule(CallKey call, CallFault fault, FaultedCalls faulted) {
        CallPattern caller = CallPattern.ANY.by(new LinkedHashSet<>(List.of(call.caller())));
        Integer function = faulted.functions().get(call);
        Long number = faulted.numbers().get(call);
        return new FaultRule(
                "call" + call.nth() + "-of-" + call.caller(),
                function == null || number == null
                        ? caller
                        : caller.of(List.of(new Functions.One(new FunctionId(function)))),
                Occasion.nth(number == null ? call.nth() : number),
                fault);
    }

    private static Moment earlier(Moment when, long slices) {
        return switch (when) {
            case Moment.AtSlice(long ordinal) -> new Moment.AtSlice(Math.max(0, ordinal - slices));
            case Moment.AtTime _ -> when;
        };
    }

    /// An injection as a fault; null if it is none.
    private static @Nullable MachineFault fault(Injection what) {
        MachineFault.Targets vcpu = MachineFault.Targets.of(what.vcpu());
        return switch (what) {
            case Injection.MemoryFlip(long address, int bits) -> new MachineFault.FlippedMemory(address, address, bits);
            case Injection.RegisterFlip(var _, int register, long bits) ->
                new MachineFault.FlippedRegister(vcpu, register, bits);
            case Injection.Hold(var _, long ticks) -> new MachineFault.Held(vcpu, ticks);
            case Injection.LostInterrupt(var _, int intid) -> new MachineFault.DroppedInterrupt(vcpu, intid);
            case Injection.WakeUp _ -> new MachineFault.SpuriousWakeUp(vcpu);
            case Injection.Interrupt(var _, int intid) -> new MachineFault.SpuriousInterrupt(vcpu, intid);
            case Injection.Event(var _, long number) -> new MachineFault.SpuriousEvent(vcpu, number);
            case Injection.SError(var _, int syndrome) -> new MachineFault.RaisedError(vcpu, syndrome);
            case Injection.Defect defect -> new MachineFault.Defective(defect);
            case Injection.ConsoleSize _, Injection.PowerButton _ -> null;
        };
    }
}

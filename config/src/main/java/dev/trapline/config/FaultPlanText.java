package dev.trapline.config;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.Fault;
import dev.trapline.abi.fault.FaultPlace;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A plan of faults in the form that [FaultPlanFile] reads.
public final class FaultPlanText {

    private FaultPlanText() {}

    /// A plan as a file. Reading it gives a plan that does the same; functions of an owner are two ranges then.
    public static String of(FaultPlan plan) {
        return plan.rules().stream().map(FaultPlanText::rule).collect(Collectors.joining("", "faults = [\n", "]\n"));
    }

    private static String rule(FaultRule rule) {
        String where = where(rule.where());
        String when = when(rule.when());
        return "  {\n    name = \"" + rule.name() + "\"\n"
                + (where.isEmpty() ? "" : "    at { " + where + " }\n")
                + (when.isEmpty() ? "" : "    when { " + when + " }\n")
                + "    do { " + what(rule.what()) + " }\n  }\n";
    }

    private static String where(FaultPlace place) {
        return switch (place) {
            case CallPattern calls -> where(calls);
            case Moments(Moment first, long interval) ->
                "moment = " + quoted(PlannedText.text(first))
                        + (interval == 0 ? "" : ", interval = " + PlannedText.duration(interval));
            case InputPattern(InputPattern.Kind kind) -> "input = " + SectionReader.name(kind);
        };
    }

    private static String where(CallPattern where) {
        List<String> keys = new ArrayList<>();
        if (!where.functions().isEmpty()) {
            keys.add("function = "
                    + where.functions().stream()
                            .map(FaultPlanText::function)
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        if (!where.services().isEmpty()) {
            keys.add("service = "
                    + where.services().stream().map(FaultPlanText::quoted).collect(Collectors.joining(", ", "[", "]")));
        }
        if (!where.vcpus().isEmpty()) {
            keys.add("vcpu = "
                    + where.vcpus().stream()
                            .map(VcpuId::index)
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        if (where.conduits().size() < Conduit.values().length) {
            keys.add("conduit = "
                    + where.conduits().stream().map(SectionReader::name).collect(Collectors.joining()));
        }
        return String.join(", ", keys);
    }

    private static String function(Functions functions) {
        return switch (functions) {
            case Functions.One(FunctionId function) -> function.toString();
            case Functions.Range(FunctionId base, long count) -> quoted(base + "+" + count);
            case Functions.Owner(int owner) ->
                FunctionId.fast32(owner, 0) + "-0x"
                        + String.format("%08X", FunctionId.fast32(owner, 0).value() | 0xff_ffff)
                        + ", " + FunctionId.fast64(owner, 0) + "-0x"
                        + String.format("%08X", FunctionId.fast64(owner, 0).value() | 0xff_ffff);
            case Functions.Any _ -> quoted("0+0x100000000");
        };
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String when(Occasion when) {
        List<String> keys = new ArrayList<>();
        if (when.nth() != 0) {
            keys.add("nth = " + when.nth());
        }
        if (when.every() != 1) {
            keys.add("every = " + when.every());
        }
        if (when.probability() < 1) {
            keys.add("probability = "
                    + quoted(BigDecimal.valueOf(when.probability()).toString()));
        }
        moment(keys, "from", when.from());
        moment(keys, "until", when.until());
        if (!when.after().isEmpty()) {
            keys.add("after = " + quoted(when.after()));
        }
        if (when.most() != (when.nth() == 0 ? Long.MAX_VALUE : 1)) {
            keys.add("times = " + when.most());
        }
        return String.join(", ", keys);
    }

    private static void moment(List<String> keys, String key, @Nullable Moment moment) {
        if (moment != null) {
            keys.add(key + " = " + quoted(PlannedText.text(moment)));
        }
    }

    private static String what(Fault fault) {
        return switch (fault) {
            case CallFault call -> what(call);
            case MachineFault machine -> what(machine);
            case InputFault input -> FaultKind.of(input).id() + " = true";
        };
    }

    private static String what(MachineFault fault) {
        String kind = FaultKind.of(fault).id() + " = ";
        return switch (fault) {
            case MachineFault.FlippedMemory(long first, long last, int bits) ->
                kind
                        + quoted("0x" + Long.toHexString(first) + (first == last ? "" : "-0x" + Long.toHexString(last)))
                        + bits("bits", bits);
            case MachineFault.FlippedRegister(var targets, int register, long bits) ->
                kind
                        + (register == MachineFault.FlippedRegister.ANY_REGISTER
                                ? "any"
                                : GeneralRegisters.nameOf(register))
                        + bits("bits", bits)
                        + targets(targets);
            case MachineFault.Held(var targets, long ticks) ->
                kind
                        + (ticks == CallFault.FOREVER ? FaultKinds.FOREVER : PlannedText.duration(ticks))
                        + targets(targets);
            case MachineFault.SpuriousInterrupt(var targets, int intid) -> kind + intid + targets(targets);
            case MachineFault.DroppedInterrupt(var targets, int intid) -> kind + intid + targets(targets);
            case MachineFault.SpuriousWakeUp(var targets) -> kind + "true" + targets(targets);
            case MachineFault.SpuriousEvent(var targets, long number) -> kind + number + targets(targets);
            case MachineFault.RaisedError(var targets, int syndrome) -> kind + syndrome + targets(targets);
            case MachineFault.Defective(Injection.Defect what) -> kind + what(what);
        };
    }

    private static String what(Injection.Defect defect) {
        return switch (defect) {
            case Injection.Misread(long address, WrongBits(long flipped, long set, long cleared), long count) ->
                "0x" + Long.toHexString(address)
                        + bits("bits", flipped)
                        + bits("set", set)
                        + bits("clear", cleared)
                        + count(count);
            case Injection.StuckLine(int intid, boolean high, long ticks) ->
                intid + ", level = " + (high ? DefectKinds.HIGH : DefectKinds.LOW)
                        + (ticks == Injection.Hold.FOREVER ? "" : ", duration = " + PlannedText.duration(ticks));
            case Injection.BadDisk(int disk, Injection.BadDisk.Failure failure, long count) ->
                switch (failure) {
                            case READ_FAILS, WRITE_FAILS -> DefectKinds.FAIL;
                            case WRITE_LOST -> DefectKinds.LOST;
                            case WRITE_TORN -> DefectKinds.TORN;
                        }
                        + (disk == 0 ? "" : ", disk = " + disk)
                        + count(count);
        };
    }

    private static String count(long count) {
        return count == Injection.Defect.EVERY_TIME ? "" : ", count = " + count;
    }

    private static String bits(String key, long bits) {
        return bits == 0 ? "" : ", " + key + " = " + quoted("0x" + Long.toHexString(bits));
    }

    private static String targets(MachineFault.Targets targets) {
        if (targets.all()) {
            return ", vcpu = all";
        }
        return targets.vcpus().isEmpty()
                ? ""
                : targets.vcpus().stream()
                        .map(vcpu -> String.valueOf(vcpu.index()))
                        .collect(Collectors.joining(", ", ", vcpu = [", "]"));
    }

    private static String what(CallFault fault) {
        return switch (fault) {
            case CallFault.Refused(RegisterWrites result) -> "refuse " + registers(result);
            case CallFault.WrongResult(RegisterWrites registers) -> "result " + registers(registers);
            case CallFault.WrongArgument(RegisterWrites arguments) -> "argument " + registers(arguments);
            case CallFault.Late(long ticks) -> "delay = " + PlannedText.duration(ticks);
            case CallFault.Lost(long ticks) ->
                "lose = " + (ticks == CallFault.FOREVER ? FaultKinds.FOREVER : PlannedText.duration(ticks));
            case CallFault.Repeated _ -> "repeat = true";
            case CallFault.Forgotten _ -> "forget = true";
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites error) ->
                "crash = " + SectionReader.name(when) + (error.count() == 0 ? "" : ", error " + registers(error));
        };
    }

    private static String registers(RegisterWrites writes) {
        List<String> values = new ArrayList<>();
        int rest = writes.mask();
        for (int k = 0; rest != 0; k++) {
            values.add(GeneralRegisters.nameOf(Integer.numberOfTrailingZeros(rest)) + " = " + writes.value(k));
            rest &= rest - 1;
        }
        return values.stream().collect(Collectors.joining(", ", "{ ", " }"));
    }
}

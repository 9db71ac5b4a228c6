package dev.trapline.machine.text;

import dev.trapline.abi.Figures;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.Fault;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Hypercalls in words, with the names that the machine's services give them.
///
/// ```text
/// vcpu0 HVC PSCI_CPU_ON(target_cpu=0x1, entry_point_address=0x40080040, context_id=0x0) = SUCCESS [psci, forwarded]
/// vcpu1 on
/// ```
public final class HypercallText {

    private static final String HINTED = "+SVE_HINT";

    private final Map<FunctionId, Function> functions = new TreeMap<>();

    public HypercallText(Collection<ServiceDescriptor> services) {
        services.forEach(s -> s.functions().forEach(f -> functions.put(f.id(), f)));
    }

    /// One line for a call and its answer.
    public String line(VcpuId vcpu, HypercallExit exit, Answer answer) {
        StringBuilder line = new StringBuilder();
        line.append(vcpu).append(' ').append(exit.conduit());
        line.append(exit.immediate() == 0 ? "" : " #0x" + Integer.toHexString(exit.immediate()));
        line.append(' ')
                .append(name(exit))
                .append('(')
                .append(String.join(", ", arguments(exit)))
                .append(')');
        line.append(" = ").append(result(exit, answer.registers()));
        line.append(" [").append(decision(answer.decision())).append(']');
        answer.effects().forEach(e -> line.append(' ').append(effect(e)));
        return line.toString();
    }

    /// The function's name, or its identifier in hexadecimal. A call with the SVE hint is named as the one without,
    /// and `+SVE_HINT`, whether the machine took it as one or not.
    public String name(HypercallExit exit) {
        FunctionId id = new SmcccCall(exit).functionId();
        Function function = functionOf(exit);
        if (function == null) {
            return id.toString();
        }
        return function.name() + (id.sveHint() ? HINTED : "");
    }

    /// The function's name, or its identifier in hexadecimal.
    public String name(FunctionId id) {
        Function function = functions.get(id);
        return function == null ? id.toString() : function.name();
    }

    /// The function's name, as its service gives it; null if none does. The SVE hint does not change it.
    public @Nullable String function(HypercallExit exit) {
        Function function = functionOf(exit);
        return function == null ? null : function.name();
    }

    /// Each argument as `name=0x...`; of an unknown function x1 to x3.
    public List<String> arguments(HypercallExit exit) {
        List<String> arguments = new ArrayList<>();
        argumentsByName(exit).forEach((name, value) -> arguments.add(name + "=0x" + Long.toHexString(value)));
        return arguments;
    }

    /// Each argument under its name, in their order; of an unknown function x1 to x3.
    public SequencedMap<String, Long> argumentsByName(HypercallExit exit) {
        SmcccCall call = new SmcccCall(exit);
        Function function = functionOf(exit);
        List<String> names = function == null ? List.of("x1", "x2", "x3") : function.parameters();
        SequencedMap<String, Long> arguments = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            arguments.put(names.get(i), call.argument(i + 1));
        }
        return arguments;
    }

    /// The result in the caller's registers.
    public String result(HypercallExit exit, RegisterWrites writes) {
        if ((writes.mask() & 1) == 0) {
            return writes.count() == 0 ? "?" : writes.toString();
        }
        long x0 = writes.value(0);
        String named = resultName(exit, x0);
        if (named != null) {
            return named;
        }
        return writes.count() == 1 ? "0x" + Long.toHexString(x0) : writes.toString();
    }

    /// The name of a result; null if it has none.
    ///
    /// @param x0 what the caller gets in it
    public @Nullable String resultName(HypercallExit exit, long x0) {
        Function function = functionOf(exit);
        if (function != null) {
            for (ServiceDescriptor.ResultName name : function.results()) {
                if (sameResult(exit, name.value(), x0)) {
                    return name.name();
                }
            }
        }
        // A denied call gets this answer whatever it would return (DEN0028 §5.2).
        return x0 == -1 ? "NOT_SUPPORTED" : null;
    }

    /// What the registry decided, in words.
    public static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Resident(String service) -> service + ", resident";
            case Decision.Forwarded(String service) -> service + ", forwarded";
            case Decision.Denied(Decision.Reason reason) -> "denied: " + reason.description();
        };
    }

    /// An event without a call, in words.
    public static String happening(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Injected(Injection what) -> injection(what);
            case JournalRecord.Reaction(String service, List<Effect> effects) ->
                effects(effects) + " [" + service + ", without a call]";
            case JournalRecord other ->
                throw new IllegalArgumentException("not something that happens without a call: " + other);
        };
    }

    /// The vCPU that an effect is done to; empty where it is done to none.
    public static Optional<VcpuId> target(Effect effect) {
        return switch (effect) {
            case Effect.PowerOn on -> Optional.of(on.target());
            case Effect.PowerOff off -> Optional.of(off.target());
            case Effect.Standby standby -> Optional.of(standby.target());
            case Effect.PowerDown down -> Optional.of(down.target());
            case Effect.StayAwake stay -> Optional.of(stay.target());
            case Effect.Wake wake -> Optional.of(wake.target());
            case Effect.DeliverEvent deliver -> Optional.of(deliver.target());
            case Effect.CompleteEvent complete -> Optional.of(complete.target());
            case Effect.CompleteEventAndResume complete -> Optional.of(complete.target());
            case Effect.ShareStolenTime share -> Optional.of(share.of());
            case Effect.RouteInterrupt route -> Optional.of(route.target());
            case Effect.WriteMemory _,
                    Effect.SystemOff _,
                    Effect.SystemReset _,
                    Effect.DrawEntropy _,
                    Effect.ExitRun _ -> Optional.empty();
        };
    }

    /// What was injected, in words.
    public static String injection(Injection injection) {
        return switch (injection) {
            case Injection.WakeUp(VcpuId vcpu) -> "interrupt for " + vcpu;
            case Injection.Interrupt(VcpuId vcpu, int intid) -> "interrupt " + intid + " for " + vcpu;
            case Injection.Event(VcpuId vcpu, long number) -> "event " + number + " injected for " + vcpu;
            case Injection.SError(VcpuId vcpu, int syndrome) ->
                "SError for " + vcpu + ", syndrome 0x" + Integer.toHexString(syndrome);
            case Injection.ConsoleSize(int columns, int rows) -> "console of " + columns + " x " + rows + " characters";
            case Injection.PowerButton _ -> "power button pressed";
            case Injection.MemoryFlip(long address, int bits) ->
                "bits 0x" + Integer.toHexString(bits) + " of the byte at 0x" + Long.toHexString(address) + " change";
            case Injection.RegisterFlip(VcpuId vcpu, int register, long bits) ->
                "bits 0x" + Long.toHexString(bits) + " of x" + register + " of " + vcpu + " change";
            case Injection.Hold(VcpuId vcpu, long ticks) -> vcpu + " held " + time(ticks);
            case Injection.LostInterrupt(VcpuId vcpu, int intid) -> "interrupt " + intid + " for " + vcpu + " lost";
            case Injection.Defect defect -> defect(defect);
        };
    }

    private static String defect(Injection.Defect defect) {
        return switch (defect) {
            case Injection.Misread(long address, WrongBits bits, long count) ->
                next(count, "read") + " of 0x" + Long.toHexString(address) + " wrong, " + bits;
            case Injection.StuckLine(int intid, boolean high, long ticks) ->
                "line of interrupt " + intid + " stuck " + (high ? "high " : "low ") + time(ticks);
            case Injection.BadDisk(int disk, Injection.BadDisk.Failure failure, long count) ->
                switch (failure) {
                    case READ_FAILS -> next(count, "read") + " of disk " + disk + " fails";
                    case WRITE_FAILS -> next(count, "write") + " of disk " + disk + " fails";
                    case WRITE_LOST -> next(count, "write") + " of disk " + disk + " lost";
                    case WRITE_TORN -> next(count, "write") + " of disk " + disk + " torn";
                };
        };
    }

    private static String next(long count, String what) {
        return count == Injection.Defect.EVERY_TIME
                ? "each " + what
                : count == 1 ? "next " + what : "each of the next " + Figures.count(count, what);
    }

    /// A fault of a plan, in words.
    public static String fault(Fault fault) {
        return switch (fault) {
            case CallFault call -> fault(call);
            case MachineFault machine -> fault(machine);
            case InputFault input ->
                switch (input) {
                    case DROPPED -> "does not arrive";
                    case CORRUPTED -> "arrives with a wrong bit";
                    case DOUBLED -> "arrives twice";
                };
        };
    }

    private static String fault(MachineFault fault) {
        String receivers = receivers(fault.targets());
        return switch (fault) {
            case MachineFault.FlippedMemory(long first, long last, int bits) ->
                bits(bits) + " of " + (first == last ? "the byte at 0x" : "a byte at 0x") + Long.toHexString(first)
                        + (first == last ? "" : " to 0x" + Long.toHexString(last)) + " change";
            case MachineFault.FlippedRegister(var _, int register, long bits) ->
                bits(bits) + " of "
                        + (register == MachineFault.FlippedRegister.ANY_REGISTER ? "a register" : "x" + register)
                        + " of " + receivers + " change";
            case MachineFault.Held(var _, long ticks) -> receivers + " held " + time(ticks);
            case MachineFault.SpuriousInterrupt(var _, int intid) -> "interrupt " + intid + " for " + receivers;
            case MachineFault.SpuriousWakeUp _ -> "wake-up of " + receivers;
            case MachineFault.DroppedInterrupt(var _, int intid) ->
                "interrupt " + intid + " for " + receivers + " lost";
            case MachineFault.SpuriousEvent(var _, long number) -> "event " + number + " injected for " + receivers;
            case MachineFault.RaisedError(var _, int syndrome) ->
                "SError for " + receivers + ", syndrome 0x" + Integer.toHexString(syndrome);
            case MachineFault.Defective(Injection.Defect what) -> defect(what);
        };
    }

    private static String bits(long bits) {
        return bits == 0 ? "one drawn bit" : "bits 0x" + Long.toHexString(bits);
    }

    private static String receivers(MachineFault.Targets targets) {
        if (targets.all()) {
            return "each vCPU";
        }
        return targets.vcpus().isEmpty()
                ? "the caller or a drawn vCPU"
                : targets.vcpus().stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }

    /// A fault of a call, in words.
    public static String fault(CallFault fault) {
        return switch (fault) {
            case CallFault.Refused(RegisterWrites result) -> "refused, returns " + result;
            case CallFault.WrongArgument(RegisterWrites arguments) -> "its service sees " + arguments;
            case CallFault.WrongResult(RegisterWrites registers) -> "returns " + registers;
            case CallFault.Late(long ticks) -> "returns " + seconds(ticks) + " late";
            case CallFault.Lost(long ticks) ->
                ticks == CallFault.FOREVER ? "lost, never returns" : "lost, returns after " + seconds(ticks);
            case CallFault.Repeated _ -> "handled twice";
            case CallFault.Forgotten _ -> "its service has forgotten its state";
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites error) ->
                switch (when) {
                    case BEFORE -> "its service crashes before it, returns " + error;
                    case WHILE -> "its service crashes in it, returns " + error;
                    case AFTER -> "its service crashes after it";
                };
        };
    }

    private static String time(long ticks) {
        return ticks == Injection.Hold.FOREVER ? "for ever" : "for " + seconds(ticks);
    }

    private static String seconds(long ticks) {
        return String.format(Locale.ROOT, "%.9f s", Figures.seconds(ticks));
    }

    /// What effects did, in words, in their order.
    public static String effects(List<Effect> effects) {
        return effects.stream().map(HypercallText::effect).collect(Collectors.joining("; "));
    }

    /// What an effect did, in words.
    public static String effect(Effect effect) {
        return switch (effect) {
            case Effect.PowerOn on -> on.target() + " on at 0x" + Long.toHexString(on.entry()) + order(on.order());
            case Effect.PowerOff(VcpuId target) -> target + " off";
            case Effect.Standby(VcpuId target) -> target + " in standby";
            case Effect.PowerDown down ->
                down.target() + " powered down, resumes at 0x" + Long.toHexString(down.entry()) + order(down.order());
            case Effect.StayAwake(VcpuId target) -> target + " not suspended: an interrupt was pending";
            case Effect.Wake(VcpuId target) -> target + " interrupted";
            case Effect.WriteMemory(long address, var bytes) ->
                bytes.size() + " bytes written at 0x" + Long.toHexString(address);
            case Effect.DeliverEvent deliver ->
                "event " + deliver.event() + " delivered to " + deliver.target() + " at 0x"
                        + Long.toHexString(deliver.entry());
            case Effect.CompleteEvent(VcpuId target) -> target + " back from its handler";
            case Effect.CompleteEventAndResume(VcpuId target, long address) ->
                target + " back from its handler, resumes at 0x" + Long.toHexString(address);
            case Effect.SystemOff(Effect.SystemOff.Off kind) ->
                switch (kind) {
                    case POWER_OFF -> "system off";
                    case HIBERNATE -> "system off to hibernate";
                };
            case Effect.SystemReset(Effect.SystemReset.Reset kind, ResetRequest request) -> reset(kind, request);
            case Effect.DrawEntropy(int bytes) -> bytes + " bytes of entropy asked for";
            case Effect.ShareStolenTime(VcpuId of, long address) ->
                "stolen time of " + of + " at 0x" + Long.toHexString(address);
            case Effect.RouteInterrupt(VcpuId target, int intid, var receiver) ->
                "interrupt " + intid + " of " + target
                        + switch (receiver) {
                            case GUEST -> " goes to the guest";
                            case NOBODY -> " is held";
                            case FIRMWARE -> " goes to firmware";
                        };
            case Effect.ExitRun(long status) -> "exit " + status;
        };
    }

    /// A reset in words, with the type and the cookie that the guest gave.
    public static String reset(Effect.SystemReset.Reset kind, ResetRequest request) {
        String what = switch (kind) {
            case COLD -> "system reset";
            case WARM -> "warm reset";
        };
        return switch (request) {
            case ResetRequest.Plain _ -> what;
            case ResetRequest.Typed typed -> (typed.isVendor() ? "vendor-defined " : "") + what + " (" + typed + ")";
        };
    }

    private static String order(DataOrder order) {
        return switch (order) {
            case LITTLE -> "";
            case BIG_NOW -> ", big-endian until an exception";
            case BIG_ON_EXCEPTION -> ", big-endian on an exception";
            case BIG -> ", big-endian";
        };
    }

    private static boolean sameResult(HypercallExit exit, long named, long x0) {
        return new SmcccCall(exit).functionId().is64() ? named == x0 : (int) named == (int) x0;
    }

    private @Nullable Function functionOf(HypercallExit exit) {
        int id = new SmcccCall(exit).functionId().value();
        return exit.immediate() == 0 ? functions.get(new FunctionId(FunctionId.withoutSveHint(id))) : null;
    }
}

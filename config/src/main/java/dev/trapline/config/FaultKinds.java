package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.Fault;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.MachineSpec;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what a fault does: the section `do` of a rule.
final class FaultKinds {

    private static final Pattern REGISTER = Pattern.compile("[xr]([0-9]|[12][0-9]|30)");
    private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(-1);
    private static final long YEAR = 365L * 24 * 3_600 * 1_000_000_000;
    /// A time that never ends.
    static final String FOREVER = "forever";

    private final SectionReader doing;
    private final List<ServiceDescriptor.Function> functions;

    /// @param functions which the calls may be of: their results have names
    FaultKinds(SectionReader doing, List<ServiceDescriptor.Function> functions) {
        this.doing = doing;
        this.functions = List.copyOf(functions);
    }

    /// The fault; null if there is an error.
    @Nullable
    Fault read() {
        List<String> kinds =
                Arrays.stream(FaultKind.values()).map(FaultKind::id).toList();
        List<String> keys = new ArrayList<>(kinds);
        keys.addAll(List.of("error", "bits", "vcpu", "set", "clear", "count", "level", "duration", "disk"));
        doing.requireKnown(keys);
        List<FaultKind> given = Arrays.stream(FaultKind.values())
                .filter(kind -> doing.has(kind.id()))
                .toList();
        if (given.size() != 1) {
            doing.refuse((given.isEmpty() ? "says nothing: it takes " : "says more than one thing: it takes one of ")
                    + Settings.oneOf(kinds));
            return null;
        }
        FaultKind kind = given.getFirst();
        ConfigValue error = doing.get("error");
        ConfigValue value = doing.get(kind.id());
        boolean takesError = kind == FaultKind.CRASH
                && value != null
                && !Settings.shown(value).equals(SectionReader.name(CallFault.Crashed.When.AFTER));
        if (error != null && !takesError) {
            doing.refuse("error", error, "needs crash = before or while: leave it out", "");
        }
        return value == null ? null : read(kind, value);
    }

    private @Nullable Fault read(FaultKind kind, ConfigValue value) {
        boolean misread = kind == FaultKind.MISREAD;
        boolean line = kind == FaultKind.STICK_LINE;
        boolean disk = kind == FaultKind.DISK_READS || kind == FaultKind.DISK_WRITES;
        refuseUnused("bits", misread || kind == FaultKind.FLIP_MEMORY || kind == FaultKind.FLIP_REGISTER);
        refuseUnused("vcpu", kind.subject() == FaultKind.Subject.MACHINE && kind != FaultKind.FLIP_MEMORY);
        refuseUnused("set", misread);
        refuseUnused("clear", misread);
        refuseUnused("count", misread || disk);
        refuseUnused("level", line);
        refuseUnused("duration", line);
        refuseUnused("disk", disk);
        if (!doing.isFine()) {
            return null;
        }
        return switch (kind.subject()) {
            case CALL -> call(kind, value);
            case MACHINE -> new MachineFaultKinds(doing).read(kind, value);
            case DEVICE -> new DefectKinds(doing).read(kind, value);
            case INPUT -> yes(doing, kind.id(), value) ? input(kind) : null;
        };
    }

    private void refuseUnused(String key, boolean used) {
        ConfigValue given = doing.get(key);
        if (given != null && !used) {
            doing.refuse(key, given, "has no meaning for this kind of fault: leave it out", "");
        }
    }

    private static InputFault input(FaultKind kind) {
        return switch (kind) {
            case DROP -> InputFault.DROPPED;
            case CORRUPT -> InputFault.CORRUPTED;
            default -> InputFault.DOUBLED;
        };
    }

    private @Nullable CallFault call(FaultKind kind, ConfigValue value) {
        return switch (kind) {
            case REFUSE -> {
                RegisterWrites result = result(kind.id(), value);
                yield result == null ? null : new CallFault.Refused(result);
            }
            case RESULT -> {
                RegisterWrites registers = result(kind.id(), value);
                yield registers == null ? null : new CallFault.WrongResult(registers);
            }
            case ARGUMENT -> argument(value);
            case DELAY -> {
                long ticks = ticks(doing, kind.id(), value, "a duration, as in 5ms");
                yield ticks == 0 ? null : new CallFault.Late(ticks);
            }
            case LOSE -> {
                long ticks = ticksOrForever(doing, kind.id(), value);
                yield ticks == 0 ? null : new CallFault.Lost(ticks);
            }
            case REPEAT -> yes(doing, kind.id(), value) ? new CallFault.Repeated() : null;
            case FORGET -> yes(doing, kind.id(), value) ? new CallFault.Forgotten() : null;
            default -> crash(value);
        };
    }

    private @Nullable CallFault argument(ConfigValue value) {
        RegisterWrites arguments = registers("argument", value);
        if (arguments != null && (arguments.mask() & 1) != 0) {
            doing.refuse("argument", value, "takes x1 and registers above it: x0 is the function", "");
            return null;
        }
        return arguments == null ? null : new CallFault.WrongArgument(arguments);
    }

    private @Nullable CallFault crash(ConfigValue value) {
        List<CallFault.Crashed.When> all = List.of(CallFault.Crashed.When.values());
        String text = Settings.shown(value);
        for (CallFault.Crashed.When when : all) {
            if (SectionReader.name(when).equals(text)) {
                ConfigValue error = doing.get("error");
                RegisterWrites answer = error == null ? NOT_SUPPORTED : result("error", error);
                return answer == null ? null : new CallFault.Crashed(when, answer);
            }
        }
        doing.refuse(
                "crash",
                value,
                "takes " + Settings.oneOf(all.stream().map(SectionReader::name).toList()),
                ", not " + text);
        return null;
    }

    /// Whether a value is `true`, which is all that it can be.
    static boolean yes(SectionReader doing, String key, ConfigValue value) {
        if (Settings.shown(value).equals("true")) {
            return true;
        }
        doing.refuse(key, value, "takes true", ", not " + Settings.shown(value));
        return false;
    }

    /// A duration in ticks; [CallFault#FOREVER] for ever, and 0 if there is an error.
    static long ticksOrForever(SectionReader doing, String key, ConfigValue value) {
        return Settings.shown(value).equals(FOREVER)
                ? CallFault.FOREVER
                : ticks(doing, key, value, "a duration, as in 5ms, or " + FOREVER);
    }

    /// A duration in ticks.
    ///
    /// @param takes what the key takes, in words
    /// @return 0 for an error
    static long ticks(SectionReader doing, String key, ConfigValue value, String takes) {
        BigInteger nanos = Quantities.nanoseconds(Settings.shown(value));
        long ticks = nanos == null || nanos.compareTo(BigInteger.valueOf(YEAR)) > 0
                ? 0
                : nanos.longValueExact() / MachineSpec.NANOS_PER_TICK;
        if (ticks == 0) {
            doing.refuse(
                    key,
                    value,
                    "takes " + takes + "; at least " + MachineSpec.NANOS_PER_TICK + "ns, at most 8760h",
                    ", not " + Settings.shown(value));
        }
        return ticks;
    }

    /// A result: the name of one, a number for x0, or registers.
    private @Nullable RegisterWrites result(String key, ConfigValue value) {
        if (value instanceof ConfigObject) {
            return registers(key, value);
        }
        String text = Settings.shown(value);
        Long number = Quantities.word(text);
        if (number != null) {
            return RegisterWrites.x0(number);
        }
        TreeMap<String, TreeSet<Long>> names = new TreeMap<>();
        for (ServiceDescriptor.Function function : functions) {
            function.results()
                    .forEach(result -> names.computeIfAbsent(result.name(), _ -> new TreeSet<>())
                            .add(result.value()));
        }
        TreeSet<Long> values = names.get(text);
        if (values != null && values.size() == 1) {
            return RegisterWrites.x0(values.getFirst());
        }
        String nearest = values == null ? Nearest.to(text, names.keySet()) : "";
        doing.refuse(
                key,
                value,
                "takes a number, registers as in { x0 = -3, x1 = 0 }, or the name of a result of the function",
                values != null
                        ? "; " + text + " is " + values + ", depending on the function: write the number"
                        : ", not " + text + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?"));
        return null;
    }

    private @Nullable RegisterWrites registers(String key, ConfigValue value) {
        if (!(value instanceof ConfigObject object) || object.isEmpty()) {
            doing.refuse(key, value, "takes registers, as in { x1 = 0 }", ", not " + Settings.shown(value));
            return null;
        }
        RegisterWrites writes = RegisterWrites.NONE;
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
            Matcher register = REGISTER.matcher(entry.getKey());
            Long number = Quantities.word(Settings.shown(entry.getValue()));
            if (!register.matches() || number == null) {
                doing.refuse(
                        key + "." + entry.getKey(),
                        entry.getValue(),
                        register.matches() ? "takes a whole number of at most 64 bits" : "is no register: x0 to x30",
                        register.matches() ? ", not " + Settings.shown(entry.getValue()) : "");
                return null;
            }
            writes = writes.and(Integer.parseInt(register.group(1)), number);
        }
        return writes;
    }
}

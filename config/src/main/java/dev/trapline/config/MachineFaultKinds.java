package dev.trapline.config;

import com.typesafe.config.ConfigValue;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.MachineFault.Targets;
import dev.trapline.abi.machine.Injection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what goes wrong with a machine.
final class MachineFaultKinds {

    private static final Pattern REGISTER = Pattern.compile("[xr]([0-9]|[12][0-9]|30)");
    private static final Pattern RANGE = Pattern.compile("([^-]+)-([^-]+)");
    private static final String ANY = "any";
    private static final String ALL = "all";

    private final SectionReader doing;

    MachineFaultKinds(SectionReader doing) {
        this.doing = doing;
    }

    /// The fault; null if there is an error.
    ///
    /// @param kind a kind whose subject is a machine
    @Nullable
    MachineFault read(FaultKind kind, ConfigValue value) {
        Targets targets = targets();
        MachineFault fault = switch (kind) {
            case FLIP_MEMORY -> memory(value);
            case FLIP_REGISTER -> register(targets, value);
            case HOLD -> hold(targets, value);
            case WAKE -> FaultKinds.yes(doing, kind.id(), value) ? new MachineFault.SpuriousWakeUp(targets) : null;
            case INTERRUPT -> new MachineFault.SpuriousInterrupt(targets, (int) number(kind, Injection.MAX_INTID));
            case DROP_INTERRUPT -> new MachineFault.DroppedInterrupt(targets, (int) number(kind, Injection.MAX_INTID));
            case EVENT -> new MachineFault.SpuriousEvent(targets, number(kind, Integer.MAX_VALUE));
            default -> new MachineFault.RaisedError(targets, (int) number(kind, Injection.SError.MAX_SYNDROME));
        };
        return doing.isFine() ? fault : null;
    }

    private Targets targets() {
        ConfigValue given = doing.get("vcpu");
        if (given == null) {
            return Targets.USUAL;
        }
        if (Settings.shown(given).equals(ALL)) {
            return Targets.ALL;
        }
        String takes = "takes the number of a vCPU, from 0 on, a list of them, or " + ALL;
        return new Targets(false, FaultPlaces.vcpus(doing, takes));
    }

    private long number(FaultKind kind, long most) {
        return doing.number(kind.id(), 0, most, 0);
    }

    private @Nullable MachineFault memory(ConfigValue value) {
        String text = Settings.shown(value);
        Matcher range = RANGE.matcher(text);
        Long first = Quantities.word(range.matches() ? range.group(1).strip() : text);
        Long last = range.matches() ? Quantities.word(range.group(2).strip()) : first;
        if (first == null || last == null || first < 0 || last < first) {
            doing.refuse(
                    FaultKind.FLIP_MEMORY.id(),
                    value,
                    "takes a physical address, or a range of them, as in \"0x40100000-0x4010ffff\"",
                    ", not " + text);
            return null;
        }
        long bits = doing.has("bits") ? doing.number("bits", 1, Injection.MemoryFlip.MAX_BITS, 1) : 0;
        return new MachineFault.FlippedMemory(first, last, (int) bits);
    }

    private @Nullable MachineFault register(Targets targets, ConfigValue value) {
        String text = Settings.shown(value);
        Matcher name = REGISTER.matcher(text);
        ConfigValue given = doing.get("bits");
        Long bits = given == null ? Long.valueOf(0) : Quantities.word(Settings.shown(given));
        if (given != null && (bits == null || bits == 0)) {
            doing.refuse(
                    "bits", given, "takes a number with a bit for each that changes", ", not " + Settings.shown(given));
        }
        if (!name.matches() && !text.equals(ANY)) {
            doing.refuse(FaultKind.FLIP_REGISTER.id(), value, "takes x0 to x30, or " + ANY, ", not " + text);
            return null;
        }
        int register = name.matches() ? Integer.parseInt(name.group(1)) : MachineFault.FlippedRegister.ANY_REGISTER;
        return bits == null ? null : new MachineFault.FlippedRegister(targets, register, bits);
    }

    private @Nullable MachineFault hold(Targets targets, ConfigValue value) {
        long ticks = FaultKinds.ticksOrForever(doing, FaultKind.HOLD.id(), value);
        return ticks == 0 ? null : new MachineFault.Held(targets, ticks);
    }
}

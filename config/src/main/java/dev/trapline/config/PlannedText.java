package dev.trapline.config;

import com.typesafe.config.ConfigValue;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Planned injections in text form: interrupts `3@time:5ms` and `3:40@slice:1000`, events `804@slice:1000` and
/// `805:3@time:5ms`, SErrors `3@time:5ms` and `3:0x1000002@slice:1000`, presses of the power button `time:5s`.
public final class PlannedText {

    private static final Pattern PLANNED = Pattern.compile("([^:@]+)(?::([^:@]+))?@(time|slice):(.+)");
    private static final Pattern MOMENT = Pattern.compile("(time|slice):(.+)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,4})x([0-9]{1,4})");

    /// What a moment takes, in words.
    static final String MOMENTS = "time:DURATION or slice:ORDINAL";

    private PlannedText() {}

    /// An injection with the option that plans it: `--interrupt 3:40@slice:1000`. Faults of the machine have no
    /// option, so those of a Java program are described.
    public static String option(PlannedInjection planned) {
        String moment = text(planned.when());
        return switch (planned.what()) {
            case Injection.WakeUp(VcpuId vcpu) -> "--interrupt " + vcpu.index() + "@" + moment;
            case Injection.Interrupt(VcpuId vcpu, int intid) ->
                "--interrupt " + vcpu.index() + ":" + intid + "@" + moment;
            case Injection.Event(VcpuId vcpu, long number) ->
                "--event " + number + (vcpu.index() == 0 ? "" : ":" + vcpu.index()) + "@" + moment;
            case Injection.SError(VcpuId vcpu, int syndrome) ->
                "--serror " + vcpu.index() + (syndrome == 0 ? "" : ":0x" + Integer.toHexString(syndrome)) + "@"
                        + moment;
            case Injection.ConsoleSize(int columns, int rows) -> "--console-size " + columns + "x" + rows;
            case Injection.PowerButton _ -> "--power-button " + moment;
            case Injection.Upset _ -> planned.what() + " at " + moment;
        };
    }

    /// A moment in text form.
    static String text(Moment moment) {
        return switch (moment) {
            case Moment.AtSlice(long ordinal) -> "slice:" + ordinal;
            case Moment.AtTime(long ticks) -> "time:" + duration(ticks);
        };
    }

    /// A duration in the largest unit that gives a whole number.
    ///
    /// @param ticks at most [MachineSpec#LAST_DEADLINE]
    static String duration(long ticks) {
        long nanos = ticks * MachineSpec.NANOS_PER_TICK;
        if (nanos % 1_000_000_000L == 0) {
            return nanos / 1_000_000_000L + "s";
        }
        if (nanos % 1_000_000L == 0) {
            return nanos / 1_000_000L + "ms";
        }
        return nanos % 1_000L == 0 ? nanos / 1_000L + "us" : nanos + "ns";
    }

    /// A list of interrupts: `CPU@WHEN`, or `CPU:INTID@WHEN`.
    static List<PlannedInjection> interrupts(Settings settings, String path) {
        return all(
                settings,
                path,
                "CPU@WHEN or CPU:INTID@WHEN with WHEN " + MOMENTS + ", as in 0@time:5ms or 3:40@slice:1000",
                PlannedText::interrupt);
    }

    /// A list of events: `NUMBER@WHEN`, or `NUMBER:CPU@WHEN`.
    static List<PlannedInjection> events(Settings settings, String path) {
        return all(
                settings,
                path,
                "NUMBER@WHEN or NUMBER:CPU@WHEN with WHEN " + MOMENTS + ", as in 804@slice:1000 or 805:3@time:5ms",
                PlannedText::event);
    }

    /// A list of SErrors: `CPU@WHEN`, or `CPU:SYNDROME@WHEN`.
    static List<PlannedInjection> errors(Settings settings, String path) {
        return all(
                settings,
                path,
                "CPU@WHEN or CPU:SYNDROME@WHEN with WHEN " + MOMENTS
                        + ", as in 0@time:5ms or 3:0x1000002@slice:1000; a syndrome has 25 bits",
                PlannedText::error);
    }

    /// A list of moments at which the power button is pressed: `WHEN`.
    static List<PlannedInjection> presses(Settings settings, String path) {
        List<PlannedInjection> planned = new ArrayList<>();
        for (ConfigValue element : settings.list(path)) {
            Moment when = moment(Settings.shown(element));
            if (when == null) {
                settings.refuse(path, element, MOMENTS + ", as in time:5s");
            } else {
                planned.add(new PlannedInjection(new Injection.PowerButton(), when));
            }
        }
        return planned;
    }

    /// The size of the console at the start, `COLUMNSxROWS`; none if the text is empty.
    static List<PlannedInjection> size(Settings settings, String path) {
        String text = settings.plain(path);
        Matcher size = SIZE.matcher(text);
        if (text.isEmpty()) {
            return List.of();
        }
        int columns = size.matches() ? Integer.parseInt(size.group(1)) : 0;
        int rows = columns == 0 ? 0 : Integer.parseInt(size.group(2));
        if (rows == 0) {
            settings.refuse(path, "COLUMNSxROWS, each from 1 to 9999, as in 100x40");
            return List.of();
        }
        return List.of(new PlannedInjection(new Injection.ConsoleSize(columns, rows), new Moment.AtSlice(0)));
    }

    private static List<PlannedInjection> all(
            Settings settings, String path, String takes, Function<Matcher, @Nullable Injection> injection) {
        List<PlannedInjection> planned = new ArrayList<>();
        for (ConfigValue element : settings.list(path)) {
            Matcher text = PLANNED.matcher(Settings.shown(element));
            Injection what = text.matches() ? injection.apply(text) : null;
            Moment when = what == null ? null : moment(text.group(3), text.group(4));
            if (what == null || when == null) {
                settings.refuse(path, element, takes);
            } else {
                planned.add(new PlannedInjection(what, when));
            }
        }
        return planned;
    }

    private static @Nullable Injection interrupt(Matcher text) {
        BigInteger vcpu = below(text.group(1), VcpuId.MAX_COUNT);
        if (vcpu == null) {
            return null;
        }
        VcpuId target = new VcpuId(vcpu.intValue());
        if (text.group(2) == null) {
            return new Injection.WakeUp(target);
        }
        BigInteger intid = below(text.group(2), Injection.MAX_INTID + 1L);
        return intid == null ? null : new Injection.Interrupt(target, intid.intValue());
    }

    private static @Nullable Injection error(Matcher text) {
        BigInteger vcpu = below(text.group(1), VcpuId.MAX_COUNT);
        BigInteger syndrome =
                text.group(2) == null ? BigInteger.ZERO : below(text.group(2), Injection.SError.MAX_SYNDROME + 1L);
        return vcpu == null || syndrome == null
                ? null
                : new Injection.SError(new VcpuId(vcpu.intValue()), syndrome.intValue());
    }

    private static @Nullable Injection event(Matcher text) {
        BigInteger number = below(text.group(1), Long.MAX_VALUE);
        BigInteger vcpu = text.group(2) == null ? BigInteger.ZERO : below(text.group(2), VcpuId.MAX_COUNT);
        return number == null || vcpu == null
                ? null
                : new Injection.Event(new VcpuId(vcpu.intValue()), number.longValue());
    }

    /// A moment: `time:5ms` or `slice:1000`; null for another text.
    static @Nullable Moment moment(String text) {
        Matcher moment = MOMENT.matcher(text);
        return moment.matches() ? moment(moment.group(1), moment.group(2)) : null;
    }

    private static @Nullable Moment moment(String kind, String text) {
        if (kind.equals("slice")) {
            BigInteger ordinal = below(text, Long.MAX_VALUE);
            return ordinal == null ? null : new Moment.AtSlice(ordinal.longValue());
        }
        BigInteger nanos = Quantities.nanoseconds(text);
        return nanos == null || nanos.bitLength() >= Long.SIZE
                ? null
                : new Moment.AtTime(nanos.longValue() / MachineSpec.NANOS_PER_TICK);
    }

    private static @Nullable BigInteger below(String text, long bound) {
        BigInteger value = Quantities.number(text);
        return value == null || value.signum() < 0 || value.compareTo(BigInteger.valueOf(bound)) >= 0 ? null : value;
    }
}

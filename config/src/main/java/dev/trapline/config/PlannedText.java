package dev.trapline.config;

import com.typesafe.config.ConfigValue;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInterrupt;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is planned for a moment of the run, as it is written: `3@time:5ms`, `3@slice:1000`.
final class PlannedText {

    private static final String TIME = "time:";
    private static final String SLICE = "slice:";
    private static final long NANOS_PER_TICK = 1_000_000_000L / MachineSpec.TICKS_PER_SECOND;

    private PlannedText() {}

    /// A list of interrupts.
    static List<PlannedInterrupt> interrupts(Settings settings, String path) {
        List<PlannedInterrupt> planned = new ArrayList<>();
        for (ConfigValue element : settings.list(path)) {
            PlannedInterrupt interrupt = interrupt(Settings.shown(element));
            if (interrupt == null) {
                settings.refuse(
                        path, element, "CPU@time:DURATION or CPU@slice:ORDINAL, as in 0@time:5ms or 3@slice:1000");
            } else {
                planned.add(interrupt);
            }
        }
        return planned;
    }

    private static @Nullable PlannedInterrupt interrupt(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return null;
        }
        BigInteger vcpu = Quantities.number(text.substring(0, at));
        Moment when = moment(text.substring(at + 1));
        if (vcpu == null || when == null || !isBelow(vcpu, VcpuId.MAX_COUNT)) {
            return null;
        }
        return new PlannedInterrupt(new VcpuId(vcpu.intValue()), when);
    }

    /// `time:DURATION` of virtual time, or `slice:ORDINAL`; null for anything else.
    private static @Nullable Moment moment(String text) {
        if (text.startsWith(TIME)) {
            BigInteger nanos = Quantities.nanoseconds(text.substring(TIME.length()));
            return nanos == null || !isBelow(nanos, Long.MAX_VALUE)
                    ? null
                    : new Moment.AtTime(nanos.longValue() / NANOS_PER_TICK);
        }
        BigInteger ordinal = text.startsWith(SLICE) ? Quantities.number(text.substring(SLICE.length())) : null;
        return ordinal == null || !isBelow(ordinal, Long.MAX_VALUE) ? null : new Moment.AtSlice(ordinal.longValue());
    }

    private static boolean isBelow(BigInteger value, long bound) {
        return value.signum() >= 0 && value.compareTo(BigInteger.valueOf(bound)) < 0;
    }
}

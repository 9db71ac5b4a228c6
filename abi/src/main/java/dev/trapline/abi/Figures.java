package dev.trapline.abi;

import dev.trapline.abi.machine.MachineSpec;
import java.util.Locale;

/// Numbers in readable form.
public final class Figures {

    private static final double NANOS = 1e9;

    private Figures() {}

    /// Virtual time in seconds.
    public static double seconds(long ticks) {
        return (double) ticks / MachineSpec.TICKS_PER_SECOND;
    }

    /// A duration of the host.
    public static String duration(long nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / NANOS);
    }

    /// A rate per second: `1.2 M`.
    public static String rate(long count, long nanos) {
        double rate = nanos <= 0 ? 0 : count * NANOS / nanos;
        return rate >= 1e6
                ? String.format(Locale.ROOT, "%.1f M", rate / 1e6)
                : rate >= 1e3
                        ? String.format(Locale.ROOT, "%.1f k", rate / 1e3)
                        : String.format(Locale.ROOT, "%.0f", rate);
    }

    /// A count with its noun: `1 slice`, `12,345 slices`.
    public static String count(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}

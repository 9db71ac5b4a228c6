package dev.trapline.launcher.trace;

import dev.trapline.launcher.output.WholeLines;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.io.IOException;

/// Prints a trace, one line for each item: calls and events without a call, or slices.
final class TracePrinter {

    private final HypercallText text;
    private final TraceFilter filter;
    private final TraceLines lines;
    private final boolean slices;
    private final WholeLines out;
    private long calls;
    private long shown;

    /// @param slices whether only slices are printed
    TracePrinter(HypercallText text, TraceFilter filter, TraceLines lines, boolean slices, WholeLines out) {
        this.text = text;
        this.filter = filter;
        this.lines = lines;
        this.slices = slices;
        this.out = out;
    }

    /// The number of all calls, printed or not.
    long calls() {
        return calls;
    }

    /// The number of printed calls.
    long shown() {
        return shown;
    }

    void take(HistoryWalk.Event event) throws IOException {
        switch (event) {
            case HistoryWalk.Ran slice -> {
                if (slices && filter.shows(slice.slice().vcpu())) {
                    out.print(lines.line(slice));
                }
            }
            case HistoryWalk.Call call -> {
                calls++;
                if (!slices && filter.shows(call.vcpu(), call.exit(), text.name(call.exit()))) {
                    shown++;
                    out.print(lines.line(call));
                }
            }
            case HistoryWalk.Happening happening -> {
                if (!slices && filter.shows(happening.record())) {
                    out.print(lines.line(happening));
                }
            }
        }
    }
}

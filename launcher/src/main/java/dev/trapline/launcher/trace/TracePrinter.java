package dev.trapline.launcher.trace;

import dev.trapline.launcher.output.WholeLines;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.io.IOException;

/// Prints what a trace finds, a line each: calls and what happened without one, or slices.
final class TracePrinter {

    private final HypercallText text;
    private final TraceFilter filter;
    private final TraceLines lines;
    private final boolean slices;
    private final WholeLines out;
    private long calls;
    private long shown;

    /// @param slices whether slices are printed, and nothing else
    TracePrinter(HypercallText text, TraceFilter filter, TraceLines lines, boolean slices, WholeLines out) {
        this.text = text;
        this.filter = filter;
        this.lines = lines;
        this.slices = slices;
        this.out = out;
    }

    /// How many calls there were, printed or not.
    long calls() {
        return calls;
    }

    /// How many calls were printed.
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

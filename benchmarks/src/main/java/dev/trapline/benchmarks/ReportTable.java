package dev.trapline.benchmarks;

import java.io.PrintStream;
import java.util.Locale;

/// The table of `docs/performance.md`: every figure with its reference and its limit.
final class ReportTable {

    private final PrintStream out;

    /// Prints the table's head.
    ReportTable(PrintStream out) {
        this.out = out;
        out.println();
        out.println("| what | measured | reference | ratio | must reach |");
        out.println("|---|---|---|---|---|");
    }

    /// Prints a figure as a ratio to its reference.
    void row(String what, String unit, double measured, double reference, String mustReach) {
        out.printf(
                Locale.ROOT,
                "| %s | %.1f %s | %.1f %s | %.2f | %s |%n",
                what,
                measured,
                unit,
                reference,
                unit,
                measured / reference,
                mustReach);
    }

    /// Prints a figure without a reference.
    void row(String what, String unit, double measured, String mustReach) {
        out.printf(Locale.ROOT, "| %s | %.1f %s | | | %s |%n", what, measured, unit, mustReach);
    }
}

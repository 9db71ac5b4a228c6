package dev.trapline.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs all benchmarks and prints the table of `docs/performance.md`: every figure with its reference and its limit.
///
/// Start it in the root of the repository. `--quick` runs one short iteration of each, only to check that all of them
/// work.
public final class SpeedReport {

    private final PrintStream out;
    private final Map<String, Double> scores = new TreeMap<>();

    private SpeedReport(PrintStream out) {
        this.out = out;
    }

    /// Measures and prints.
    public static void main(String[] arguments) throws RunnerException {
        boolean quick = arguments.length > 0 && arguments[0].equals("--quick");
        SpeedReport report = new SpeedReport(System.out);
        report.measure(quick);
        report.print();
    }

    private void measure(boolean quick) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(HypercallBenchmark.class.getSimpleName())
                .include(EventBenchmark.class.getSimpleName())
                .include(ComputeBenchmark.class.getSimpleName())
                .include(RegistryBenchmark.class.getSimpleName())
                .shouldFailOnError(true);
        if (quick) {
            options = options.warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(1));
        }
        for (RunResult result : new Runner(options.build()).run()) {
            scores.put(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore());
        }
    }

    private void print() {
        double bare = score("bare");
        ReportTable table = new ReportTable(out);
        table.row("hypercall, forwarded, not recorded", "ns", score("forwarded"), bare, "at most 2.50");
        table.row("hypercall, forwarded, recorded", "ns", score("recorded"), bare, "at most 3.50");
        table.row("hypercall, resident, not recorded", "ns", score("resident"), bare, "");
        table.row(
                "hypercall, replayed (reference: recorded)",
                "ns",
                score("replayed"),
                score("recorded"),
                "at most 1.00");
        table.row("SDEI event (reference: forwarded)", "ns", score("delivered"), score("forwarded"), "at most 5.00");
        table.row("deciding a call under 1 000 rules", "ns", score("decide"), score("hashMapLookup"), "at most 3.00");
        double raw = mips(Guest.COMPUTE_INSTRUCTIONS, "bareCompute");
        double tight = mips(Guest.TIGHT_INSTRUCTIONS, "bareTightLoop");
        table.row(
                "compute, recorded", "MIPS", mips(Guest.COMPUTE_INSTRUCTIONS, "recordedCompute"), raw, "at least 0.75");
        table.row(
                "worst tight loop, not recorded", "MIPS", mips(Guest.TIGHT_INSTRUCTIONS, "slicedTightLoop"), tight, "");
        table.row("bytes of recording for a hypercall", "B", bytesPerHypercall(), "at most 32.00");
        StartUp.Times times = StartUp.measure();
        table.row("./trapline run of a guest that ends", "ms", times.trapline(), times.emptySystem(), "at most 2.50");
    }

    private double score(String label) {
        Double score = scores.get(label);
        if (score == null) {
            throw new IllegalStateException("no benchmark is named " + label + "; there are " + scores.keySet());
        }
        return score;
    }

    private double mips(int instructions, String label) {
        return instructions / score(label) / 1000;
    }

    private static double bytesPerHypercall() {
        try (Machines machines = new Machines()) {
            Path recording = machines.record(Guest.HYPERCALL_LOOP);
            long image = Guest.HYPERCALL_LOOP.image().content().size();
            return (double) Machines.sizeWithoutImages(recording, image) / (Guest.HYPERCALLS + 1);
        }
    }
}

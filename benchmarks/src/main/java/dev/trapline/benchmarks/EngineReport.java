package dev.trapline.benchmarks;

import dev.trapline.benchmarks.Processes.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Times `./trapline run` against `qemu-system-aarch64`, with the engine's shortcuts and without: the tables of
/// "Against QEMU" in `docs/performance.md`.
///
/// Start it in the root of the repository, with nothing else running. A number sets how often each command runs (5).
public final class EngineReport {

    private static final String GUEST = "guests/kernels.elf";
    private static final int CALLS = 2_000_000;

    private final PrintStream out;
    private final Path directory;
    private final int rounds;

    private EngineReport(PrintStream out, Path directory, int rounds) {
        this.out = out;
        this.directory = directory;
        this.rounds = rounds;
    }

    /// Measures and prints.
    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        Path directory = Files.createTempDirectory("trapline-benchmark");
        try {
            EngineReport report = new EngineReport(System.out, directory, rounds);
            report.kernels();
            report.slices();
            report.recorded();
            report.hypercalls();
            report.start();
        } finally {
            deleteAll(directory);
        }
    }

    private void kernels() {
        head("kernel", "MMU", "QEMU", "all shortcuts", "none", "all / QEMU", "none / QEMU");
        for (boolean mmu : List.of(false, true)) {
            for (Kernel kernel : Kernel.values()) {
                Path input = input(kernel.line(mmu));
                List<Double> times = measure(
                        kernel.guestName(), qemu(input), trapline(input), trapline(input, "--shortcuts", "none"));
                row(kernel.guestName(), mmu ? "on" : "off", times);
            }
        }
    }

    private void slices() {
        Path input = input(Kernel.COMPUTE.line(false));
        head("`compute`, slices of", "", "20 000", "1 000", "100", "1 000 / 20 000", "100 / 20 000");
        row(
                "time",
                "",
                measure(
                        "slices",
                        trapline(input),
                        trapline(input, "--slice", "1000"),
                        trapline(input, "--slice", "100")));
    }

    private void recorded() {
        Path input = input(Kernel.COMPUTE.line(false));
        String log = directory.resolve("qemu.rr").toString();
        head("`compute`", "", "QEMU", "recorded", "replayed", "recorded / QEMU", "replayed / QEMU");
        List<Double> plain = measure("recorded", qemu(input), record(input), replay());
        row("QEMU plain", "", plain);
        List<Double> counted =
                measure("rr", qemu(input, "-icount", "shift=0,rr=record,rrfile=" + log), record(input), replay());
        row("QEMU records (rr)", "", counted);
        Command again = qemu(input, "-icount", "shift=0,rr=replay,rrfile=" + log);
        row("QEMU replays (rr)", "", measure("rr", again, record(input), replay()));
    }

    private void hypercalls() {
        Path input = input(Kernel.hypercalls(CALLS));
        head("2 million PSCI_VERSION", "", "QEMU", "run", "recorded", "run / QEMU", "recorded / QEMU");
        row("", "", measure("hypercalls", qemu(input), trapline(input), record(input)));
        head("2 million PSCI_VERSION", "", "QEMU", "replayed", "recorded", "replayed / QEMU", "recorded / QEMU");
        row("", "", measure("hypercalls", qemu(input), replay(), record(input)));
    }

    private void start() {
        StartUp.Times times = StartUp.measure();
        out.printf(
                Locale.ROOT,
                "%n`./trapline run` of a guest that ends at once: %.0f ms; a JVM with an empty actor system: %.0f ms%n",
                times.trapline(),
                times.emptySystem());
    }

    private static Command qemu(Path input, String... more) {
        List<String> line = new ArrayList<>(List.of("qemu-system-aarch64", "-M", "virt,gic-version=3"));
        line.addAll(List.of("-cpu", "cortex-a57", "-m", "128M", "-nographic", "-nic", "none"));
        line.addAll(List.of("-accel", "tcg,thread=single", "-kernel", GUEST));
        line.addAll(List.of(more));
        return new Command(line, input, 0);
    }

    private static Command trapline(Path input, String... more) {
        List<String> line = new ArrayList<>(List.of("./trapline", "run", GUEST, "--input", input.toString()));
        line.addAll(List.of(more));
        return new Command(line, input, 0);
    }

    /// Records into a directory that must not be there: the one before is deleted in the same process, which costs
    /// both sides of no ratio anything worth a word.
    private Command record(Path input) {
        String recording = recording().toString();
        String shell = "rm -rf " + recording + " && exec ./trapline run " + GUEST + " --input " + input + " --record "
                + recording;
        return new Command(List.of("sh", "-c", shell), input, 0);
    }

    private Command replay() {
        return new Command(List.of("./trapline", "replay", recording().toString()), directory.resolve("empty"), 0);
    }

    private Path recording() {
        return directory.resolve("recording");
    }

    private Path input(String text) {
        try {
            Files.writeString(directory.resolve("empty"), "");
            return Files.writeString(
                    directory.resolve(
                            "input-" + text.substring(0, text.indexOf('\n')).replace(' ', '-')),
                    text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private List<Double> measure(String what, Command... commands) {
        System.err.println("measuring " + what);
        return Processes.medians(List.of(commands), rounds);
    }

    private void head(String... cells) {
        out.println();
        out.println("| " + String.join(" | ", cells) + " |");
        out.println("|---".repeat(cells.length) + "|");
    }

    private void row(String what, String mmu, List<Double> times) {
        double reference = times.getFirst();
        out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f ms | %.0f ms | %.0f ms | %.2f | %.2f |%n",
                what,
                mmu,
                reference,
                times.get(1),
                times.get(2),
                times.get(1) / reference,
                times.get(2) / reference);
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

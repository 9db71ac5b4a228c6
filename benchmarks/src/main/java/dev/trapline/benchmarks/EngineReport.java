package dev.trapline.benchmarks;

import dev.trapline.benchmarks.Processes.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/// Measures `./trapline run` against `qemu-system-aarch64`, with and without the engine's shortcuts: the tables of
/// "Against QEMU" in `docs/performance.md`.
///
/// Start it in the root of the repository, with nothing else running. The first argument is how often each command runs
/// (5); the others are the parts to measure, all of them if there is none: kernels, shortcuts, slices, recorded,
/// hypercalls, start.
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
        List<String> parts = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
        Path directory = Files.createTempDirectory("trapline-benchmark");
        try {
            EngineReport report = new EngineReport(System.out, directory, rounds);
            report.parts().forEach((part, measure) -> {
                if (parts.isEmpty() || parts.contains(part)) {
                    measure.run();
                }
            });
        } finally {
            Machines.delete(directory);
        }
    }

    private Map<String, Runnable> parts() {
        Map<String, Runnable> parts = new LinkedHashMap<>();
        parts.put("kernels", this::kernels);
        parts.put("shortcuts", this::shortcuts);
        parts.put("slices", this::slices);
        parts.put("recorded", this::recorded);
        parts.put("hypercalls", this::hypercalls);
        parts.put("start", this::start);
        return parts;
    }

    private void kernels() {
        head("kernel", "QEMU", "Trapline");
        eachKernel((name, input) -> row(name, qemu(input), trapline(input)));
    }

    private void shortcuts() {
        head("kernel", "all shortcuts", "stores alone", "none");
        eachKernel((name, input) -> row(
                name,
                trapline(input),
                trapline(input, "--shortcuts", "stores"),
                trapline(input, "--shortcuts", "none")));
    }

    private void eachKernel(BiConsumer<String, Path> measure) {
        for (boolean mmu : List.of(false, true)) {
            for (Kernel kernel : Kernel.values()) {
                measure.accept(kernel.guestName() + (mmu ? ", MMU on" : ""), input(kernel.line(mmu)));
            }
        }
    }

    private void slices() {
        Path input = input(Kernel.compute());
        head("slices of", "20 000", "1 000", "100");
        row("compute", trapline(input), trapline(input, "--slice", "1000"), trapline(input, "--slice", "100"));
    }

    private void recorded() {
        Path input = input(Kernel.compute());
        String log = directory.resolve("qemu.rr").toString();
        head("compute", "QEMU", "recorded", "replayed");
        row("QEMU plain", qemu(input), record(input), replay());
        row("QEMU records", qemu(input, "-icount", "shift=0,rr=record,rrfile=" + log), record(input), replay());
        row("QEMU replays", qemu(input, "-icount", "shift=0,rr=replay,rrfile=" + log), record(input), replay());
    }

    private void hypercalls() {
        Path input = input(Kernel.hypercalls(CALLS));
        head("2 million PSCI_VERSION", "QEMU", "run", "recorded", "replayed");
        row("", qemu(input), trapline(input), record(input), replay());
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
        List<String> words = new ArrayList<>(List.of("run", GUEST, "--input", input.toString()));
        words.addAll(List.of(more));
        return new Command(trapline(words), input, 0);
    }

    private static List<String> trapline(List<String> words) {
        List<String> line = new ArrayList<>(List.of("./trapline"));
        line.addAll(words);
        return line;
    }

    /// Records into a directory that must not exist: the process deletes the previous one, which takes very little
    /// time.
    private Command record(Path input) {
        List<String> line = new ArrayList<>(
                List.of("sh", "-c", "rm -rf \"$0\" && exec \"$@\"", recording().toString()));
        line.addAll(trapline(input, "--record", recording().toString()).line());
        return new Command(line, input, 0);
    }

    private Command replay() {
        return new Command(trapline(List.of("replay", recording().toString())), Processes.NOTHING, 0);
    }

    private Path recording() {
        return directory.resolve("recording");
    }

    private Path input(String text) {
        try {
            return Files.writeString(
                    directory.resolve(
                            "input-" + text.substring(0, text.indexOf('\n')).replace(' ', '-')),
                    text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    /// @param columns the name of the rows, and the commands, of which the first is the reference
    private void head(String... columns) {
        List<String> cells = new ArrayList<>(List.of(columns));
        for (int n = 2; n < columns.length; n++) {
            cells.add(columns[n] + " / " + columns[1]);
        }
        out.println();
        out.println("| " + String.join(" | ", cells) + " |");
        out.println("|---".repeat(cells.size()) + "|");
    }

    private void row(String what, Command... commands) {
        System.err.println("measuring " + what);
        List<Double> times = Processes.medians(List.of(commands), rounds);
        StringBuilder row = new StringBuilder("| " + what);
        times.forEach(time -> row.append(" | %.0f ms".formatted(time)));
        times.stream().skip(1).forEach(time -> row.append(" | %.2f".formatted(time / times.getFirst())));
        out.println(row.append(" |"));
    }
}

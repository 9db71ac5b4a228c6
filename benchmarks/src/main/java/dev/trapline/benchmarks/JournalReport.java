package dev.trapline.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Measures the journal's cost and savings, and prints the table of `docs/performance.md`.
///
/// Both sides of a ratio are run alternately in one process, and their medians are compared. Start it in the root of
/// the repository. `--quick` runs one cold round of each, only to check that all of them work.
public final class JournalReport {

    /// The number of calls that are written and read in one round.
    private static final int CALLS = 1_000_000;

    private final PrintStream out;
    private final Rounds rounds;

    private JournalReport(PrintStream out, Rounds rounds) {
        this.out = out;
        this.rounds = rounds;
    }

    /// Measures and prints.
    public static void main(String[] arguments) {
        boolean quick = arguments.length > 0 && arguments[0].equals("--quick");
        new JournalReport(System.out, quick ? new Rounds(0, 1) : new Rounds(4, 9)).run();
    }

    private void run() {
        try (Machines machines = new Machines()) {
            List<Rounds.Times> journal = journal(machines);
            List<Rounds.Times> compute = recording(machines, Guest.COMPUTE);
            List<Rounds.Times> hypercalls = recording(machines, Guest.HYPERCALL_LOOP);
            double bytesPerCall = bytes(machines, Guest.HYPERCALL_LOOP) / Guest.HYPERCALLS;
            double bytesPerMillion = bytes(machines, Guest.COMPUTE) / (Guest.COMPUTE_INSTRUCTIONS / 1e6);

            ReportTable table = new ReportTable(out);
            table.row(
                    "hypercalls to the journal alone, durable (reference: an event each)",
                    "k/s",
                    thousandsPerSecond(journal.get(0)),
                    thousandsPerSecond(journal.get(1)),
                    "at least 5.00");
            table.row(
                    "open and scan (reference: recovery of the same)",
                    "k/s",
                    thousandsPerSecond(journal.get(2)),
                    thousandsPerSecond(journal.get(3)),
                    "at least 5.00");
            recorded(table, "compute guest, recorded (reference: not recorded)", compute, "at most 1.05");
            recorded(table, "hypercall-heavy guest, recorded (reference: not recorded)", hypercalls, "at most 1.50");
            table.row("bytes of recording for a hypercall", "B", bytesPerCall, "at most 32.0");
            table.row(
                    "bytes of recording for a million instructions without hypercalls",
                    "B",
                    bytesPerMillion,
                    "at most 4096.0");
        }
    }

    private static void recorded(ReportTable table, String what, List<Rounds.Times> times, String mustReach) {
        table.row(what, "ms", times.get(0).median() * 1000, times.get(1).median() * 1000, mustReach);
    }

    /// The times of writing our own journal, writing the plain one, reading our own, and reading the plain one.
    private List<Rounds.Times> journal(Machines machines) {
        List<Call> calls = Call.loop();
        OwnJournal own = new OwnJournal(machines.system(), calls);
        PlainJournal plain = new PlainJournal(machines.system(), calls);
        Path[] written = new Path[2];
        List<Rounds.Times> times = rounds.of(
                () -> {
                    written[0] = machines.place();
                    return own.write(written[0], CALLS);
                },
                () -> {
                    written[1] = machines.place();
                    return plain.write(written[1], CALLS);
                },
                () -> OwnJournal.scan(written[0], CALLS),
                () -> {
                    double seconds = plain.recover(written[1], CALLS);
                    machines.deleteRecordings();
                    return seconds;
                });
        say("own journal written", times.get(0));
        say("plain journal written", times.get(1));
        say("own journal read", times.get(2));
        say("plain journal read", times.get(3));
        return times;
    }

    /// The times of a run with and without a recording.
    private List<Rounds.Times> recording(Machines machines, Guest guest) {
        List<Rounds.Times> times = rounds.of(
                () -> {
                    double seconds = seconds(() -> machines.record(guest));
                    machines.deleteRecordings();
                    return seconds;
                },
                () -> seconds(() -> machines.run(guest, Machines.spec())));
        say(guest + " recorded", times.get(0));
        say(guest + " not recorded", times.get(1));
        return times;
    }

    private static double seconds(Runnable run) {
        long start = System.nanoTime();
        run.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double bytes(Machines machines, Guest guest) {
        Path recording = machines.record(guest);
        return Machines.sizeWithoutImages(recording, guest.image().content().size());
    }

    private static double thousandsPerSecond(Rounds.Times times) {
        return CALLS / times.median() / 1000;
    }

    private void say(String what, Rounds.Times times) {
        out.printf(Locale.ROOT, "%s: median %.3f s, %s%n", what, times.median(), times.spread());
    }
}

package dev.trapline.launcher.run;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Visible;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.StoredHistory;
import dev.trapline.board.memory.FlashWrites;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.ShellText;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.ThreadWatch;
import dev.trapline.machine.RunReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reports a run: figures and the recording on standard error, the outcome in the result files.
///
/// @param ending of the run
public record RunSummary(RunReport report, Ending ending) {

    static RunSummary of(RunReport report) {
        return new RunSummary(report, Ending.of(report.outcome()));
    }

    /// The summary of a run whose console used these streams.
    static RunSummary of(RunReport report, Terminal terminal) {
        Ending ending = ThreadWatch.insteadOf(Ending.of(report.outcome()));
        return new RunSummary(report, terminal.out().isUnread() ? ending.withoutReader() : ending);
    }

    /// Prints the figures, and writes the result into the recording.
    ///
    /// @param recording the directory that was recorded into
    /// @return the given ending, or another one if the recording cannot be written
    Ending print(Terminal terminal, @Nullable Path recording) {
        terminal.err().println("trapline: " + figures());
        if (report.flashWrites().count() > 0) {
            terminal.err().println("trapline: " + ignored(report.flashWrites()));
        }
        report.troubles()
                .forEach(trouble -> terminal.err()
                        .println("trapline: the guest has to reset a device before it works again: "
                                + Visible.line(trouble)));
        if (report.droppedFrames().any()) {
            terminal.err().println("trapline: " + dropped(report.droppedFrames()));
        }
        Ending last = ending;
        StoredHistory stored = report.stored();
        if (stored != null) {
            terminal.err().println("trapline: " + durable(stored));
        }
        if (recording != null && last.status() != Ending.STORAGE) {
            last = leaveResult(recording);
            terminal.err()
                    .println("trapline: recorded in " + recording + "; to replay it: trapline replay "
                            + ShellText.quoted(recording));
        }
        return last;
    }

    /// A warning that the guest wrote to flash, which is usually a mistake.
    static String ignored(FlashWrites.Summary writes) {
        return String.format(
                Locale.ROOT,
                "the guest wrote to flash, which is read-only: %s ignored, the first at PC 0x%x to address 0x%x",
                Figures.count(writes.count(), "write"),
                writes.firstPc(),
                writes.firstAddress());
    }

    /// The network frames that were dropped, by the reason.
    static String dropped(RunReport.DroppedFrames frames) {
        List<String> parts = new ArrayList<>();
        if (frames.sent() > 0) {
            parts.add(Figures.count(frames.sent(), "frame") + " of the guest, of no valid length or too many at once");
        }
        if (frames.received() > 0) {
            parts.add(Figures.count(frames.received(), "frame")
                    + " for the guest, larger than its buffer or too many for its buffers");
        }
        if (frames.onTheWay() > 0) {
            parts.add(Figures.count(frames.onTheWay(), "frame")
                    + " on the way from other machines, because too many waited for the guest");
        }
        return "the network dropped " + String.join("; ", parts);
    }

    /// How much of a recording would survive a power cut.
    static String durable(StoredHistory stored) {
        String of = Figures.count(stored.segments(), "segment");
        return "durable: "
                + (stored.durable() == stored.segments()
                        ? "all " + of
                        : String.format(Locale.ROOT, "the first %,d of %s", stored.durable(), of))
                + " (--durability " + stored.durability().id() + ")";
    }

    /// One line of figures.
    String figures() {
        return Figures.count(report.progress().slices(), "slice") + ", "
                + Figures.count(report.progress().hypercalls(), "hypercall") + ", "
                + String.format(
                        Locale.ROOT, "%.6f", Figures.seconds(report.progress().virtualTime()))
                + " s of virtual time in " + Figures.duration(report.hostNanos());
    }

    /// Writes the result into the recording.
    ///
    /// @param recording the directory; null if there is none
    /// @return the given ending, or another one if the result cannot be written
    Ending leaveResult(@Nullable Path recording) {
        if (recording == null) {
            return ending;
        }
        try {
            ResultFile.writeInto(recording, ResultFile.json(ending, report));
            return ending;
        } catch (IOException e) {
            return new Ending(
                    Ending.STORAGE,
                    "storage-failed",
                    "cannot write " + recording.resolve(ResultFile.IN_RECORDING) + ": " + WriteFailure.reason(e));
        }
    }
}

package dev.trapline.launcher.output;

import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.boot.ImageException;
import dev.trapline.machine.RunReport;
import java.io.PrintWriter;
import java.util.List;

/// Explains an outcome where one line is not enough.
public final class Outcomes {

    private Outcomes() {}

    /// Prints details that the last line has no room for.
    public static void explain(RunReport report, MachineSpec spec, List<Image> images, PrintWriter err) {
        switch (report.outcome()) {
            case RunOutcome.GuestFailed failure -> {
                explain(failure, report, spec, images, err);
                explainHandlers(report, err);
            }
            case RunOutcome.Deadlock(var vcpus) -> {
                err.println("Deadlock at " + report.position()
                        + ": no vCPU can run, and no timer, input or event is pending that could wake one.");
                err.println("  " + Ending.states(vcpus).replace(", ", "\n  "));
                explainHandlers(report, err);
            }
            case RunOutcome.LimitReached _, RunOutcome.Interrupted _ -> explainHandlers(report, err);
            case RunOutcome.Diverged(String text) -> {
                err.println("The replay diverged from the recording.");
                err.println(text.indent(2).stripTrailing());
            }
            case RunOutcome.ServiceFailed failed ->
                explain("A firmware service failed at " + report.position() + ": " + failed.message(), report, err);
            case RunOutcome.HeldByService held ->
                explain(
                        "Service '" + held.service() + "' held the machine at " + report.position()
                                + ". The recording ends there. It can be replayed, and 'trapline run "
                                + "--continue' can continue it with a service that returns.",
                        report,
                        err);
            case RunOutcome.Broken broken ->
                explain("Trapline itself failed at " + report.position() + ": " + broken.message(), report, err);
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.ResetRequested _,
                    RunOutcome.Exited _,
                    RunOutcome.RecordingEnds _,
                    RunOutcome.StorageFailed _ -> {}
        }
    }

    private static void explain(String headline, RunReport report, PrintWriter err) {
        err.println(headline);
        RunReport.Breakage breakage = report.breakage();
        if (breakage == null) {
            return;
        }
        if (!breakage.trace().isEmpty()) {
            err.println(breakage.trace());
        }
        err.println("The machine's last events, oldest first:");
        breakage.lastEvents().forEach(event -> err.println("  " + event));
    }

    private static void explainHandlers(RunReport report, PrintWriter err) {
        for (RunReport.OpenHandler handler : report.openHandlers()) {
            err.println(handler.vcpu() + " was in the handler of event " + handler.event() + ", which had not "
                    + "completed.");
        }
    }

    private static void explain(
            RunOutcome.GuestFailed failure, RunReport report, MachineSpec spec, List<Image> images, PrintWriter err) {
        try {
            new FailureReport(spec, images).print(failure, report, err);
        } catch (ImageException e) {
            // A replay with a changed image gets this far.
            err.println("The guest failed, and its image has no symbols to show where: " + e.getMessage());
        }
    }

    /// The ending of a replay with this outcome.
    public static Ending ofReplay(RunOutcome outcome) {
        Ending recorded = Ending.of(outcome);
        if (outcome instanceof RunOutcome.StorageFailed(String message)) {
            // A replay writes nothing, so this is a failure to read.
            return new Ending(Ending.STORAGE, "damaged", message);
        }
        if (!outcome.isHistory()) {
            return recorded;
        }
        String message = outcome instanceof RunOutcome.RecordingEnds
                ? "no divergence up to the end of the recording: its recorder was killed, or is still running"
                : "no divergence; the recorded run ended with status " + recorded.status() + ", " + recorded.kind()
                        + ": " + recorded.message();
        return new Ending(Ending.OK, "replayed", message);
    }
}

package dev.trapline.launcher.output;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Visible;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.machine.text.HypercallText;
import java.util.List;

/// How the command ends: the exit status of the process, and a kind and message that cannot be mistaken for a guest's
/// own status.
///
/// @param status the exit status of the process
/// @param kind one word that names the kind of ending, the same in every version
/// @param message what happened, for people
public record Ending(int status, String kind, String message) {

    public static final int OK = 0;
    public static final int BROKEN = 1;
    public static final int USAGE = 2;
    public static final int GUEST_FAILED = 3;
    public static final int DIVERGED = 4;
    public static final int LIMIT = 5;
    public static final int DEADLOCK = 6;
    public static final int STORAGE = 7;
    public static final int INTERRUPTED = 130;

    /// The kind of an ending in which output was lost.
    static final String OUTPUT_FAILED = "output-failed";

    /// The help text for [#STORAGE] in commands that add nothing to it.
    public static final String UNWRITTEN = "7:standard output or the result file cannot be written";

    /// The command succeeded, and it ran no machine: there is nothing to report.
    public static final Ending DONE = new Ending(OK, "done", "");

    /// The reader of standard output closed it first, as `head` does. That is not a failure, and nothing is
    /// reported.
    static final Ending READER_GONE = new Ending(OK, "reader-gone", "the reader of standard output went away");

    /// The ending of a run.
    public static Ending of(RunOutcome outcome) {
        return switch (outcome) {
            case RunOutcome.PoweredOff _ -> new Ending(OK, "powered-off", "the guest turned its machine off");
            case RunOutcome.Hibernated _ ->
                new Ending(OK, "hibernated", "the guest turned its machine off to hibernate (SYSTEM_OFF2)");
            case RunOutcome.ResetRequested(Effect.SystemReset.Reset kind, ResetRequest request) ->
                new Ending(
                        OK,
                        "reset-requested",
                        "the guest asked for a " + reset(kind, request) + ", and the machine does not reboot");
            case RunOutcome.Exited(long status) ->
                new Ending((int) (status & 0xff), "exited", "the guest ended the run with its own status " + status);
            case RunOutcome.GuestFailed(VcpuId vcpu, GuestFault fault, GeneralRegisters registers) ->
                new Ending(
                        GUEST_FAILED,
                        "guest-failed",
                        fault.kind().description() + " on " + vcpu + " at PC 0x" + Long.toHexString(registers.pc()));
            case RunOutcome.LimitReached(RunOutcome.Limit limit) ->
                switch (limit) {
                    case INSTRUCTIONS -> new Ending(LIMIT, "limit", "the limit of --max-instructions was reached");
                    case TIMEOUT -> new Ending(LIMIT, "limit", "the limit of --timeout was reached");
                    case SCRIPT ->
                        new Ending(
                                LIMIT, "limit", "the guest did not print in time what the script of --expect expects");
                };
            case RunOutcome.Deadlock(List<VcpuState> vcpus) ->
                new Ending(DEADLOCK, "deadlock", "no vCPU can run, and nothing can wake one (" + states(vcpus) + ")");
            case RunOutcome.Interrupted _ -> new Ending(INTERRUPTED, "interrupted", "the run was interrupted");
            case RunOutcome.RecordingEnds _ ->
                new Ending(OK, "recording-ends", "the recording ends here: its recorder was killed");
            case RunOutcome.StorageFailed(String message) -> new Ending(STORAGE, "storage-failed", message);
            case RunOutcome.Diverged(String report) -> new Ending(DIVERGED, "diverged", firstLine(report));
            case RunOutcome.ServiceFailed failed -> new Ending(BROKEN, "service-failed", firstLine(failed.message()));
            case RunOutcome.HeldByService(String service, boolean timeout) ->
                timeout
                        ? new Ending(
                                LIMIT,
                                "limit",
                                "the limit of --timeout was reached, and service '" + service
                                        + "' did not return: its machine was given up")
                        : new Ending(
                                INTERRUPTED,
                                "interrupted",
                                "the run was interrupted, and service '" + service
                                        + "' did not return: its machine was given up");
            case RunOutcome.Broken broken -> new Ending(BROKEN, "broken", firstLine(broken.message()));
        };
    }

    private static String reset(Effect.SystemReset.Reset kind, ResetRequest request) {
        return switch (request) {
            case ResetRequest.Plain _ -> "reset";
            case ResetRequest.Typed _ -> HypercallText.reset(kind, request);
        };
    }

    /// The state of each vCPU, in words.
    static String states(List<VcpuState> vcpus) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < vcpus.size(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(new VcpuId(i))
                    .append(' ')
                    .append(vcpus.get(i).description());
        }
        return text.toString();
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    /// Whether nothing is printed about it on standard error.
    public boolean isSilent() {
        return equals(DONE) || equals(READER_GONE);
    }

    /// The ending if the reader of standard output has gone. A run that was stopped for that reason was not
    /// interrupted by the user.
    public Ending withoutReader() {
        return status == INTERRUPTED ? READER_GONE : this;
    }

    /// The ending if output was lost. That outweighs everything but a defect, whose report is worth more.
    ///
    /// @param loss what could not be written, and why
    public Ending withLoss(String loss) {
        if (status == BROKEN || kind.equals(OUTPUT_FAILED)) {
            return this;
        }
        // A run that was stopped because of the loss was not interrupted by the user.
        String otherwise = equals(DONE) || status == INTERRUPTED
                ? ""
                : "; otherwise it would have been: exit " + status + ", " + kind + ": " + message;
        return new Ending(STORAGE, OUTPUT_FAILED, loss + otherwise);
    }

    /// The last line on standard error.
    public String lastLine() {
        return "trapline: exit " + status + ", " + kind + ": " + Visible.line(message.replace('\n', ' '));
    }
}

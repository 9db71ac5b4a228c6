package dev.trapline.launcher.output;

/// Whether the command was asked to end, by Ctrl-C or a signal. Long work checks it from time to time. Thread-safe.
public final class EndRequest {

    private volatile boolean asked;

    /// Asks the command to end.
    public void ask() {
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }

    /// Ends the work if the command was asked to end.
    ///
    /// @param what the work is, for the message: `the export`
    /// @throws CommandException if the command was asked to end
    public void check(String what) {
        if (asked) {
            throw CommandException.interrupted(what + " was interrupted before its end");
        }
    }
}

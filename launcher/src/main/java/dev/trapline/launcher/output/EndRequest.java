package dev.trapline.launcher.output;

/// Whether somebody has asked the command to end: Ctrl-C, or a signal. Whatever takes long looks at it now and then.
/// Thread-safe.
public final class EndRequest {

    private volatile boolean asked;

    /// Asks the command to end.
    public void ask() {
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }

    /// Ends the work, if that was asked for.
    ///
    /// @param what the work is, for the message: `the export`
    /// @throws CommandException if the command was asked to end
    void check(String what) {
        if (asked) {
            throw CommandException.interrupted(what + " was interrupted before its end");
        }
    }
}

package dev.trapline.launcher;

import dev.trapline.vcpu.ConsoleOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;

/// The guest's console on standard output, and the status line that may share its terminal.
///
/// The status line is drawn only while the guest's cursor is at the beginning of a line, and is gone before the guest
/// prints again. Thread-safe: the machine's thread prints, another draws.
final class GuestConsole implements ConsoleOutput {

    private static final String ERASE = "\r\033[K";
    private static final int WIDTH = 79;

    private final OutputStream out;
    private final PrintWriter err;
    private final boolean shared;
    private boolean atLineStart = true;
    private boolean statusShown;
    private boolean broken;

    /// @param out the guest's console
    /// @param err where the status line goes
    /// @param shared whether both are the same terminal
    GuestConsole(OutputStream out, PrintWriter err, boolean shared) {
        this.out = out;
        this.err = err;
        this.shared = shared;
    }

    @Override
    public synchronized void write(byte[] bytes, int length) {
        if (length == 0 || broken) {
            return;
        }
        if (shared) {
            eraseStatus();
        }
        try {
            out.write(bytes, 0, length);
            out.flush();
        } catch (IOException _) {
            // Whoever read it went away. The run is told at its next look, since this is the machine's thread.
            broken = true;
        }
        atLineStart = bytes[length - 1] == '\n';
    }

    /// Whether nobody reads the console any more.
    synchronized boolean isBroken() {
        return broken;
    }

    /// Draws the status line, unless it would garble the guest's.
    synchronized void showStatus(String status) {
        if (shared && !atLineStart) {
            return;
        }
        err.print(ERASE + (status.length() > WIDTH ? status.substring(0, WIDTH) : status));
        err.flush();
        statusShown = true;
    }

    /// Takes the status line away.
    synchronized void eraseStatus() {
        if (statusShown) {
            err.print(ERASE);
            err.flush();
            statusShown = false;
        }
    }

    /// Makes room for messages: no status line, and a new line of the terminal if the guest left its own
    /// unfinished.
    synchronized void finish() {
        eraseStatus();
        if (shared && !atLineStart) {
            err.println();
            err.flush();
            atLineStart = true;
        }
    }
}

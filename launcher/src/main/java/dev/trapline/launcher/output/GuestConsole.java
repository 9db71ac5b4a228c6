package dev.trapline.launcher.output;

import dev.trapline.machine.ConsoleOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The guest's console on standard output, and the status line that may share its terminal.
///
/// The status line is drawn only while the guest's cursor is at the beginning of a line, and is erased before the guest
/// prints again. Thread-safe: the machine's thread prints, and another thread draws.
public final class GuestConsole implements ConsoleOutput {

    private final OutputStream out;
    private final PrintWriter err;
    private final boolean shared;
    private final StatusLine status;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean atLineStart = true;
    private volatile boolean broken;

    /// @param out the guest's console
    /// @param err where the status line goes
    /// @param shared whether both streams are the same terminal
    /// @param status the status line
    GuestConsole(OutputStream out, PrintWriter err, boolean shared, StatusLine status) {
        this.out = out;
        this.err = err;
        this.shared = shared;
        this.status = status;
    }

    @Override
    public void write(byte[] bytes, int length) {
        if (length == 0 || broken) {
            return;
        }
        lock.lock();
        try {
            if (shared) {
                status.erase();
            }
            out.write(bytes, 0, length);
            out.flush();
            atLineStart = bytes[length - 1] == '\n';
        } catch (IOException _) {
            // This is the machine's thread, so the run ends at its next check. The stream remembers the reason.
            broken = true;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the console can no longer be written: its reader has gone, or a disk is full.
    public boolean isBroken() {
        return broken;
    }

    /// Throws if the console can no longer be written, to end the work that prints.
    ///
    /// @throws CommandException if the console can no longer be written
    public void requireWhole() {
        if (broken) {
            throw CommandException.interrupted("the console can no longer be written");
        }
    }

    /// Draws the status line if it is due, unless it would garble the guest's line.
    public void showStatus(Supplier<String> text) {
        unlessPrinting(() -> {
            if (!shared || atLineStart) {
                status.update(text);
            }
        });
    }

    /// Erases the status line.
    public void eraseStatus() {
        unlessPrinting(status::erase);
    }

    /// Makes room for messages: no status line, and a new line of the terminal if the guest left its own
    /// unfinished.
    public void finish() {
        unlessPrinting(() -> {
            status.erase();
            if (shared && !atLineStart) {
                err.println();
                err.flush();
                atLineStart = true;
            }
        });
    }

    // While nobody reads, the machine's thread may be blocked in a write. Threads that end the run must not wait for it
    // just to draw a line.
    private void unlessPrinting(Runnable drawing) {
        if (lock.tryLock()) {
            try {
                drawing.run();
            } finally {
                lock.unlock();
            }
        }
    }
}

package dev.trapline.launcher;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// The process's streams.
///
/// @param in what is typed at the guest's console
/// @param out the guest's console, and what a command was asked to print: nothing else ever
/// @param err everything that is said about it
record Terminal(InputStream in, OutputStream out, PrintWriter err) {

    /// Those of this process, without a buffer before the guest's console.
    static Terminal ofProcess() {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new PrintWriter(
                        new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), StandardCharsets.UTF_8),
                        true));
    }

    /// The guest's console on these streams.
    GuestConsole console() {
        return new GuestConsole(out, err, Tty.isTerminal(Tty.STDOUT) && Tty.isTerminal(Tty.STDERR));
    }

    /// Whether a status line can be drawn.
    boolean hasStatusLine() {
        return Tty.isTerminal(Tty.STDERR);
    }

    /// Prints what a command was asked for.
    void print(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            // Whoever read it has seen enough.
        }
    }
}

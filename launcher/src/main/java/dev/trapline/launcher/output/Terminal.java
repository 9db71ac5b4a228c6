package dev.trapline.launcher.output;

import dev.trapline.abi.Visible;
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
/// @param in input for the guest's console
/// @param out the guest's console, and the output that the user asked a command for; nothing else
/// @param err all messages, with control characters made visible, because messages may quote untrusted text
/// @param screen the same stream as `err`, for drawing
/// @param messages the stream under `err`
/// @param endRequest whether the process was asked to end
/// @param json whether `err` is for a program: each line of it becomes a document
public record Terminal(
        InputStream in,
        Output out,
        PrintWriter err,
        PrintWriter screen,
        Output messages,
        EndRequest endRequest,
        boolean json) {

    private static final int DEFAULT_WIDTH = 80;

    /// A terminal on other streams, as in a test.
    public Terminal(InputStream in, OutputStream out, PrintWriter err) {
        this(in, new Output(out), err, new Output(OutputStream.nullOutputStream()));
    }

    private Terminal(InputStream in, Output out, PrintWriter screen, Output messages) {
        this(in, out, visible(screen), screen, messages, new EndRequest(), false);
    }

    private static PrintWriter visible(PrintWriter screen) {
        return new PrintWriter(new VisibleWriter(screen), true);
    }

    /// The streams of this process. The guest's console is not buffered.
    public static Terminal ofProcess() {
        Output messages = new Output(OthersOutput.messages());
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new Output(new FileOutputStream(FileDescriptor.out)),
                new PrintWriter(new OutputStreamWriter(messages, StandardCharsets.UTF_8), true),
                messages);
    }

    /// The same, with all messages as JSON.
    public Terminal inJson() {
        return new Terminal(
                in, out, new PrintWriter(new NoticeWriter(screen), true), screen, messages, endRequest, true);
    }

    /// Where the process's last line goes: for a program, a document that is whole already.
    public PrintWriter lastWords() {
        return json ? visible(screen) : err;
    }

    /// The guest's console, on these streams.
    public GuestConsole console() {
        return console(out);
    }

    /// The console of a recorded guest. A recording may come from a stranger, so on a terminal its control
    /// characters are made visible instead of being sent to the terminal.
    ///
    /// @param raw whether to send them to the terminal anyway
    public GuestConsole replayedConsole(boolean raw) {
        return console(raw || !Tty.isTerminal(Tty.STDOUT) ? out : new VisibleOutput(out));
    }

    private GuestConsole console(OutputStream to) {
        return new GuestConsole(to, err, Tty.isTerminal(Tty.STDOUT) && Tty.isTerminal(Tty.STDERR), statusLine());
    }

    /// A status line for progress.
    StatusLine statusLine() {
        return new StatusLine(screen, hasStatusLine(), () -> Tty.columns(true, DEFAULT_WIDTH), System::nanoTime);
    }

    /// Prints a notice, in place of the status line.
    public void note(Watch watch, String notice) {
        watch.pause();
        err().println("trapline: " + notice);
    }

    /// Shows the progress of some work, and ends the work at Ctrl-C.
    public Watch watch(String what) {
        StatusLine line = statusLine();
        return new Watch(what, line::update, line::erase, endRequest);
    }

    /// The same while a guest's console is printed.
    public Watch watch(String what, GuestConsole console) {
        return new Watch(what, console::showStatus, console::eraseStatus, endRequest);
    }

    /// The width for output: the environment's `COLUMNS`, or else the width of the terminal.
    public int columns() {
        return Tty.columns(Tty.isTerminal(Tty.STDOUT), DEFAULT_WIDTH);
    }

    /// Whether a status line can be drawn.
    boolean hasStatusLine() {
        return !json && Tty.isTerminal(Tty.STDERR);
    }

    /// Prints the output that the user asked a command for, with control characters made visible.
    public void print(String text) {
        try {
            out.write(Visible.lines(text).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            // The stream remembers the failure, and #settle reports it.
        }
    }

    /// Whether some of the output was lost, or nobody reads it any more.
    public boolean hasLost() {
        return out.isUnread() || out.loss() != null;
    }

    /// The command's ending, unless some of its output was lost.
    public Ending settle(Ending ending) {
        String loss = out.loss();
        if (out.isUnread()) {
            return ending.withoutReader();
        }
        return loss == null
                ? ending
                : ending.withLoss(
                        "standard output cannot be written (" + loss + "), so the rest of the output is lost");
    }

    /// The exit status, after the last message. If messages were lost, nothing can report that any more, but a
    /// status of 0 would be wrong.
    public int settle(int status) {
        err.flush();
        return status == Ending.OK && messages.loss() != null ? Ending.STORAGE : status;
    }
}

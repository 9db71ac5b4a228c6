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
/// @param in what is typed at the guest's console
/// @param out the guest's console, and what a command was asked to print: nothing else ever
/// @param err everything that is said about it, with control characters made visible: it may repeat what somebody else
///     wrote
/// @param screen the same place, for what is drawn there
/// @param messages what is below `err`
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

    /// Streams of somebody else, such as a test.
    public Terminal(InputStream in, OutputStream out, PrintWriter err) {
        this(in, new Output(out), err, new Output(OutputStream.nullOutputStream()));
    }

    private Terminal(InputStream in, Output out, PrintWriter screen, Output messages) {
        this(in, out, visible(screen), screen, messages, new EndRequest(), false);
    }

    private static PrintWriter visible(PrintWriter screen) {
        return new PrintWriter(new VisibleWriter(screen), true);
    }

    /// Those of this process, without a buffer before the guest's console.
    public static Terminal ofProcess() {
        Output messages = new Output(OthersOutput.messages());
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new Output(new FileOutputStream(FileDescriptor.out)),
                new PrintWriter(new OutputStreamWriter(messages, StandardCharsets.UTF_8), true),
                messages);
    }

    /// The same, with everything that is said about it as JSON.
    public Terminal inJson() {
        return new Terminal(
                in, out, new PrintWriter(new NoticeWriter(screen), true), screen, messages, endRequest, true);
    }

    /// The guest's console on these streams.
    public GuestConsole console() {
        return console(out);
    }

    /// The console of a recorded guest. At a terminal, control characters of a recording that somebody else may
    /// have made are shown, and not obeyed.
    ///
    /// @param raw whether they are obeyed all the same
    public GuestConsole replayedConsole(boolean raw) {
        return console(raw || !Tty.isTerminal(Tty.STDOUT) ? out : new VisibleOutput(out));
    }

    private GuestConsole console(OutputStream to) {
        return new GuestConsole(to, err, Tty.isTerminal(Tty.STDOUT) && Tty.isTerminal(Tty.STDERR), statusLine());
    }

    /// A line that says how far something has come.
    StatusLine statusLine() {
        return new StatusLine(screen, hasStatusLine(), () -> Tty.columns(true, DEFAULT_WIDTH), System::nanoTime);
    }

    /// Says what a person should know, in the place of a status line.
    public void note(Watch watch, String notice) {
        watch.pause();
        err().println("trapline: " + notice);
    }

    /// Shows how far a piece of work has come, and ends it at Ctrl-C.
    public Watch watch(String what) {
        StatusLine line = statusLine();
        return new Watch(what, line::update, line::erase, endRequest);
    }

    /// The same where a guest's console is printed meanwhile.
    public Watch watch(String what, GuestConsole console) {
        return new Watch(what, console::showStatus, console::eraseStatus, endRequest);
    }

    /// How wide what is printed may be: as the terminal is, or as the environment's `COLUMNS` says.
    public int columns() {
        return Tty.columns(Tty.isTerminal(Tty.STDOUT), DEFAULT_WIDTH);
    }

    /// Whether a status line can be drawn.
    boolean hasStatusLine() {
        return !json && Tty.isTerminal(Tty.STDERR);
    }

    /// Prints what a command was asked for, with control characters made visible.
    public void print(String text) {
        try {
            out.write(Visible.lines(text).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            // The stream remembers it, and #settle says it.
        }
    }

    /// How the command ends: as it says itself, unless something that it was to print is lost.
    public Ending settle(Ending ending) {
        String loss = out.loss();
        if (out.isUnread()) {
            return ending.withoutReader();
        }
        return loss == null
                ? ending
                : ending.withLoss(
                        "standard output cannot be written (" + loss + "), and what was left to print is lost");
    }

    /// The exit status, after the last message: nothing can be said any more if messages are lost, but a status of
    /// 0 would say that all is well.
    public int settle(int status) {
        err.flush();
        return status == Ending.OK && messages.loss() != null ? Ending.STORAGE : status;
    }
}

package dev.trapline.launcher.output;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The mode of the terminal at which the user types to the guest. `stty` changes it, and it is restored however the
/// process ends.
///
/// Thread-safe. A second restore does nothing. After a restore, the mode cannot be changed again.
public final class RawTerminal implements AutoCloseable {

    private static final File DEVICE = new File("/dev/tty");
    private static final int SECONDS_TO_WAIT = 3;

    private final String saved;
    private final Thread hook;
    private boolean raw;
    private boolean closed;

    private RawTerminal(String saved) {
        this.saved = saved;
        // The last resort, for a signal without a handler.
        this.hook = new Thread(this::close, "restore-terminal");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Passes single keys on, without echo. Ctrl-C is still a signal.
    ///
    /// @throws IOException if the terminal cannot be changed; it is unchanged then
    public static RawTerminal open() throws IOException {
        RawTerminal terminal = new RawTerminal(stty(List.of("-g")).strip());
        stty(List.of("-icanon", "-echo", "-icrnl", "-inlcr", "-igncr", "-istrip", "-ixon", "min", "1", "time", "0"));
        return terminal;
    }

    /// Passes Ctrl-C and similar keys on as bytes: the guest reads its console, so they are for the guest.
    public synchronized void makeRaw() {
        if (raw || closed) {
            return;
        }
        raw = true;
        try {
            stty(List.of("-isig"));
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be put into raw mode", e);
        }
    }

    public synchronized boolean isRaw() {
        return raw;
    }

    /// Restores the terminal.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stty(List.of(saved));
        } catch (IOException | OutOfMemoryError e) {
            // The error means that no thread can be started.
            System.err.println(
                    "trapline: the terminal could not be restored; run 'stty sane' (" + e.getMessage() + ")");
        }
        if (Thread.currentThread() != hook) {
            removeHook();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is already ending: the hook has nothing left to do.
        }
    }

    static String stty(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectInput(DEVICE)
                .redirectErrorStream(true)
                .start();
        try {
            if (!process.waitFor(SECONDS_TO_WAIT, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("stty does not answer");
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException("stty: " + answer.strip());
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for stty", e);
        }
    }
}

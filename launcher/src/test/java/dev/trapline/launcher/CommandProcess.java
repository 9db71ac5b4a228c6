package dev.trapline.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The real command in its own process, as `./trapline` starts it but for the JVM's second compiler.
final class CommandProcess {

    static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    static final Path GUESTS = Path.of("..", "guests");

    private static final int SECONDS = 120;

    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;
    private final StringWriter errors = new StringWriter();

    private CommandProcess(Process process) {
        this.process = process;
        this.out = CompletableFuture.supplyAsync(
                () -> read(process.getInputStream(), new StringWriter()), CommandProcess::inAThread);
        this.err =
                CompletableFuture.supplyAsync(() -> read(process.getErrorStream(), errors), CommandProcess::inAThread);
    }

    /// How a process ended.
    record Ended(int status, String out, String err) {
        /// The last line on standard error.
        String lastLine() {
            String text = err.stripTrailing();
            return text.substring(text.lastIndexOf('\n') + 1);
        }
    }

    /// Runs a command to its end, with nothing on standard input.
    static Ended run(String... arguments) {
        CommandProcess started = start(arguments);
        started.type("");
        return started.await();
    }

    /// Runs a command to its end in another directory.
    static Ended runIn(Path directory, String... arguments) {
        CommandProcess started = start(directory, arguments);
        started.type("");
        return started.await();
    }

    static CommandProcess start(String... arguments) {
        return start(Path.of(""), arguments);
    }

    private static CommandProcess start(Path directory, String... arguments) {
        return start(directory, Map.of(), arguments);
    }

    /// Runs a command to its end, with variables in its environment.
    static Ended runWith(Map<String, String> environment, String... arguments) {
        CommandProcess started = startWith(environment, arguments);
        started.type("");
        return started.await();
    }

    /// Starts a command by another one that executes it, such as `prlimit`.
    static CommandProcess startUnder(List<String> other, String... arguments) {
        List<String> whole = new ArrayList<>(other);
        whole.addAll(command(arguments));
        return start(new ProcessBuilder(whole));
    }

    static CommandProcess startWith(Map<String, String> environment, String... arguments) {
        return start(Path.of(""), environment, arguments);
    }

    private static CommandProcess start(Path directory, Map<String, String> environment, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(command(arguments))
                .directory(directory.toAbsolutePath().toFile());
        builder.environment().putAll(environment);
        return start(builder);
    }

    private static CommandProcess start(ProcessBuilder builder) {
        try {
            return new CommandProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                // Most of these processes end before the best code of the second compiler pays for its making.
                "-XX:TieredStopAtLevel=1",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Dtrapline.home=" + HOME,
                "-Dtrapline.terminals=",
                "-cp",
                System.getProperty("java.class.path"),
                Trapline.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static String guest(String name) {
        return GUESTS.resolve(name + ".elf").toString();
    }

    /// Types at the console, then closes it.
    void type(String text) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a signal by name: `INT`.
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Ends the process, if it has not ended by itself.
    void destroy() {
        process.destroyForcibly();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits until the process has printed something on standard error.
    ///
    /// @return false if it has ended without
    boolean awaitError(String words) {
        while (!errors.toString().contains(words)) {
            if (err.isDone()) {
                return errors.toString().contains(words);
            }
            // SLEEP: a reader of a pipe cannot say what it has read so far.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return true;
    }

    Ended await() {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the command did not end in " + SECONDS + " s; it said: " + err.join());
            }
            return new Ended(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// One thread for each stream: in a small shared pool, a running process would keep the output of the next one
    /// from being read.
    private static void inAThread(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    private static String read(InputStream stream, StringWriter into) {
        try (Reader text = new InputStreamReader(stream, StandardCharsets.ISO_8859_1)) {
            char[] some = new char[1 << 12];
            for (int count = text.read(some); count >= 0; count = text.read(some)) {
                into.write(some, 0, count);
            }
            return into.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.trapline.launcher.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/// The streams that libraries and plugins get as `System.out` and `System.err`. They cannot close the process's real
/// streams. A message of the process always begins on a new line, and after its last message nothing from a library is
/// printed.
///
/// The process has one instance. Nothing here allocates: it is used even when there is no memory left.
public final class OthersOutput extends OutputStream {

    private static final AtomicBoolean SILENT = new AtomicBoolean();

    /// Whether a library wrote the last byte on standard error, and that byte did not end a line.
    private static final AtomicBoolean WITHIN_LINE = new AtomicBoolean();

    private static final byte[] NEWLINE = {'\n'};

    private final FileOutputStream to;
    private final boolean isError;

    private OthersOutput(FileDescriptor descriptor) {
        this.to = new FileOutputStream(descriptor);
        this.isError = descriptor == FileDescriptor.err;
    }

    /// Replaces `System.out` and `System.err` for the whole process.
    public static void begin() {
        System.setOut(stream(FileDescriptor.out));
        System.setErr(stream(FileDescriptor.err));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new OthersOutput(descriptor), true, StandardCharsets.UTF_8);
    }

    /// Standard error for the log, without the lock of `System.err`, which a plugin may hold for ever.
    public static OutputStream log() {
        return new OthersOutput(FileDescriptor.err);
    }

    /// The process is about to print its last message: from now on, libraries print nothing.
    public static void end() {
        SILENT.set(true);
    }

    /// Has the JVM find what it prints by.
    public static void prepare() {
        try {
            new FileOutputStream(FileDescriptor.err).write(new byte[0]);
        } catch (IOException _) {
            // Nothing was to be written. Who has something to say will see.
        }
    }

    /// Standard error for the process's own messages.
    public static OutputStream messages() {
        return new Messages(new FileOutputStream(FileDescriptor.err));
    }

    @Override
    public void write(int b) throws IOException {
        if (!SILENT.get()) {
            to.write(b);
            note((byte) b);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (length > 0 && !SILENT.get()) {
            to.write(bytes, from, length);
            note(bytes[from + length - 1]);
        }
    }

    private void note(byte last) {
        if (isError) {
            WITHIN_LINE.set(last != '\n');
        }
    }

    /// The process's own messages are not finished yet.
    @Override
    public void close() {}

    private static final class Messages extends OutputStream {
        private final FileOutputStream err;

        private Messages(FileOutputStream err) {
            this.err = err;
        }

        @Override
        public void write(int b) throws IOException {
            endLine();
            err.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            endLine();
            err.write(bytes, from, length);
        }

        private void endLine() throws IOException {
            if (WITHIN_LINE.compareAndSet(true, false)) {
                err.write(NEWLINE);
            }
        }
    }
}

package dev.trapline.launcher.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/// What libraries and plugins print by `System.out` and `System.err`. They cannot close the process's streams by it,
/// a message of the process begins on a line of its own, and nothing of theirs follows its last one.
///
/// There is one process, and so one of these. Nothing here allocates: it is used where there is no memory left.
public final class OthersOutput extends OutputStream {

    private static final AtomicBoolean SILENT = new AtomicBoolean();

    /// Whether the last byte on standard error was theirs, and no end of a line.
    private static final AtomicBoolean WITHIN_LINE = new AtomicBoolean();

    private static final byte[] NEWLINE = {'\n'};

    private final FileOutputStream to;
    private final boolean isError;

    private OthersOutput(FileDescriptor descriptor) {
        this.to = new FileOutputStream(descriptor);
        this.isError = descriptor == FileDescriptor.err;
    }

    /// Gives everybody else in this process streams of these.
    public static void begin() {
        System.setOut(stream(FileDescriptor.out));
        System.setErr(stream(FileDescriptor.err));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new OthersOutput(descriptor), true, StandardCharsets.UTF_8);
    }

    /// The last words of the process come now: from here on nobody else prints anything.
    public static void end() {
        SILENT.set(true);
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

    /// The process's own messages are still to come.
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

package dev.trapline.launcher.output;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A standard stream that remembers its first failure.
///
/// Many of its writers swallow exceptions, as `PrintWriter` does. So the command asks at its end whether everything was
/// printed. After a failure nothing more is written: the output must not have a gap. As thread-safe as the underlying
/// stream.
public final class Output extends OutputStream {

    private final OutputStream to;
    private volatile @Nullable IOException failure;

    public Output(OutputStream to) {
        this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        IOException before = failure;
        if (before != null) {
            throw before;
        }
        try {
            to.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            to.flush();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            throw e;
        }
    }

    /// Whether the reader closed the stream, because it has seen enough, as `head` does.
    public boolean isUnread() {
        IOException failed = failure;
        return failed != null && BrokenPipe.is(failed);
    }

    /// Why output is missing; null if none is, or if the reader closed the stream first.
    @Nullable
    public String loss() {
        IOException failed = failure;
        if (failed == null || isUnread()) {
            return null;
        }
        String message = failed.getMessage();
        return message == null ? failed.toString() : message;
    }
}

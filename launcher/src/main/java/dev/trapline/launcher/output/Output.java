package dev.trapline.launcher.output;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A standard stream that remembers its first failure.
///
/// Much of what writes to it swallows exceptions, as a `PrintWriter` does. The command asks at its end whether all
/// that was to be printed has been. After a failure nothing is written any more: a reader must not get a text with a
/// hole in it. Thread-safe as far as the stream below is.
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

    /// Whether the reader went away. It has seen what it wanted to see, as `head` does.
    public boolean isUnread() {
        IOException failed = failure;
        return failed != null && BrokenPipe.is(failed);
    }

    /// Why something is missing from what was printed; null if nothing is, or if the reader went away first.
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

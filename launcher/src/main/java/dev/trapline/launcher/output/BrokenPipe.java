package dev.trapline.launcher.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/// Distinguishes a reader that closed its end of a pipe (EPIPE) from all other write failures.
///
/// The JDK reports both as a plain `IOException` whose message is the system's error text, in the user's language. To
/// learn that text, this class breaks a pipe on purpose.
public final class BrokenPipe {

    private static final String ENGLISH = "Broken pipe";

    private BrokenPipe() {}

    /// Whether a write failed because the reader has gone.
    public static boolean is(IOException failure) {
        String message = failure.getMessage();
        return message != null && message.equals(message());
    }

    private static String message() {
        try {
            Pipe pipe = Pipe.open();
            pipe.source().close();
            try (Pipe.SinkChannel sink = pipe.sink()) {
                sink.write(ByteBuffer.allocate(1));
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        } catch (IOException _) {
            // No pipe can be made, because no file descriptor is free.
        }
        return ENGLISH;
    }
}

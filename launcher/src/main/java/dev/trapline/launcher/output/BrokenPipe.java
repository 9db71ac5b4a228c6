package dev.trapline.launcher.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/// Tells a reader that went away (EPIPE) from every other failure of a write.
///
/// The JDK reports both as a plain `IOException` whose message is the system's text for the error, in the user's
/// language. So a pipe is broken on purpose, and its message is compared.
public final class BrokenPipe {

    private static final String ENGLISH = "Broken pipe";

    private BrokenPipe() {}

    /// Whether a write failed because nobody reads any more.
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
            // No pipe can be made, for want of descriptors.
        }
        return ENGLISH;
    }
}

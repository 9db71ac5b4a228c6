package dev.trapline.launcher.output;

import dev.trapline.abi.Visible;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Prints lines in batches while a status line may be drawn. The status line is erased first, and is never drawn over
/// an unfinished line.
public final class WholeLines {

    private static final int MANY_BYTES = 8 << 10;

    private final OutputStream to;
    private final Watch watch;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream(2 * MANY_BYTES);

    /// @param watch draws the status line
    public WholeLines(OutputStream to, Watch watch) {
        this.to = to;
        this.watch = watch;
    }

    /// Prints a line, now or later; control characters are made visible.
    public void print(String line) throws IOException {
        gathered.writeBytes((Visible.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        if (gathered.size() >= MANY_BYTES) {
            flush();
        }
    }

    /// Prints the gathered lines.
    public void flush() throws IOException {
        if (gathered.size() > 0) {
            watch.pause();
            gathered.writeTo(to);
            gathered.reset();
            to.flush();
        }
    }
}

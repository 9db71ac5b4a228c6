package dev.trapline.launcher.output;

import dev.trapline.abi.Visible;
import java.io.PrintWriter;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// One line on a terminal that shows progress. It is redrawn twice a second, and erased before anything else is
/// printed. Without a terminal it is never drawn. Used by one thread at a time.
final class StatusLine {

    private static final String ERASE = "\r\033[K";
    private static final long EVERY_NANOS = 500_000_000;

    private final PrintWriter err;
    private final boolean drawn;
    private final IntSupplier width;
    private final LongSupplier nanoTime;
    private long last;
    private int columns;
    private boolean shown;

    /// @param drawn whether the line is drawn: whether there is a terminal
    /// @param width the terminal's width in columns; evaluated when the line is first drawn, because it may start a
    ///     process
    /// @param nanoTime the host's clock
    StatusLine(PrintWriter err, boolean drawn, IntSupplier width, LongSupplier nanoTime) {
        this.err = err;
        this.drawn = drawn;
        this.width = width;
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    /// Draws the line if the last drawing was at least half a second ago.
    ///
    /// @param text the line's text; evaluated only if it is drawn
    void update(Supplier<String> text) {
        if (drawn && nanoTime.getAsLong() - last >= EVERY_NANOS) {
            last = nanoTime.getAsLong();
            String line = Visible.line(text.get());
            columns = columns == 0 ? width.getAsInt() : columns;
            // A line that fills the last column would wrap.
            err.print(ERASE + line.substring(0, Math.min(line.length(), columns - 1)));
            err.flush();
            shown = true;
        }
    }

    /// Erases the line.
    void erase() {
        if (shown) {
            err.print(ERASE);
            err.flush();
            shown = false;
        }
    }
}

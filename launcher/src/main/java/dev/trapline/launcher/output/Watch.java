package dev.trapline.launcher.output;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Shows the progress of work that may take long, and ends the work at Ctrl-C.
///
/// @param what the work is, for the status line and for the message at its end: `reading rec`
/// @param draw draws a text if it is due
/// @param erase erases it
public record Watch(String what, Consumer<Supplier<String>> draw, Runnable erase, EndRequest endRequest) {

    /// Reports progress. Cheap enough to call often.
    ///
    /// @param done how much is done, of `total`
    /// @param unit what is counted: `slice`
    /// @throws CommandException if the command was asked to end
    public void at(String unit, long done, long total) {
        if (endRequest.isAsked()) {
            erase.run();
            endRequest.check(what);
        }
        draw.accept(() -> String.format(
                Locale.ROOT, "[%s: %s %,d of %,d, %d %%]", what, unit, done, total, percent(done, total)));
    }

    /// The work is done, or something else will be printed now.
    public void pause() {
        erase.run();
    }

    private static long percent(long done, long total) {
        return total <= 0 ? 0 : Math.round(100.0 * Math.min(done, total) / total);
    }
}

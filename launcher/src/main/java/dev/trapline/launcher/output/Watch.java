package dev.trapline.launcher.output;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Somebody waits for a piece of work that may take long: tells how far it is, and ends it at Ctrl-C.
///
/// @param what the work is, for the status line and for the message at its end: `reading rec`
/// @param draw shows a text if that is due
/// @param erase takes it away
public record Watch(String what, Consumer<Supplier<String>> draw, Runnable erase, EndRequest endRequest) {

    /// Takes note of how far the work is. Cheap enough to be called often.
    ///
    /// @param done of `total`
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

    /// The work is done, or something else is to be printed.
    public void pause() {
        erase.run();
    }

    private static long percent(long done, long total) {
        return total <= 0 ? 0 : Math.round(100.0 * Math.min(done, total) / total);
    }
}

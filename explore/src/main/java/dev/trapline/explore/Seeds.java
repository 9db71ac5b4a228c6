package dev.trapline.explore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The seeds of an exploration: one run each.
///
/// @param first 0 or more
/// @param last `first` or more
public record Seeds(long first, long last) {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(?:\\.\\.([0-9]{1,18}))?");

    public Seeds {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no seeds from " + first + " to " + last);
        }
    }

    /// How many.
    public long count() {
        return last - first + 1;
    }

    /// Reads `1000`, which is 0 to 999, or `17..17`.
    ///
    /// @throws IllegalArgumentException if it is neither
    public static Seeds parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || text.equals("0")) {
            throw new IllegalArgumentException("'" + text
                    + "' are no seeds: give a number of runs, as in 1000, or the first and the last seed, as"
                    + " in 17..20");
        }
        long number = Long.parseLong(form.group(1));
        return form.group(2) == null ? new Seeds(0, number - 1) : new Seeds(number, Long.parseLong(form.group(2)));
    }

    @Override
    public String toString() {
        return first == last ? Long.toString(first) : first + ".." + last;
    }
}

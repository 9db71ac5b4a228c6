package dev.trapline.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Decides how much of the user's text a message may quote: not too much, and no password.
public final class Shown {

    private static final int LONGEST = 200;
    /// A sentence may list all that a key takes.
    private static final int LONGEST_SENTENCE = 500;
    /// Words that stand near a password, URLs with a user before the host, and the database's keys: a password may
    /// be there by mistake.
    private static final Pattern SECRET =
            Pattern.compile("(?i)pass|pas+w|pwd|secret|token|credential|//[^/?\\s]*@|postgresql[\"']?\\s*[.=:+{\\[]");

    /// A key, and the first sign that does not belong to one.
    private static final Pattern KEY = Pattern.compile("([A-Za-z0-9_.-]+)\\s*[^A-Za-z0-9_.\\s-]");

    private Shown() {}

    /// A text, shortened if it is long.
    static String shortened(String text) {
        return shortened(text, LONGEST);
    }

    /// A part of a sentence that quotes a value, shortened if the value is long.
    static String sentence(String text) {
        return shortened(text, LONGEST_SENTENCE);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest
                ? text
                : text.substring(0, LONGEST / 2) + "... (" + text.length() + " characters)";
    }

    /// Whether a text may contain a password.
    public static boolean mayBeSecret(String text) {
        return SECRET.matcher(text).find();
    }

    /// An assignment on the command line, without its value if that may be a password.
    static String assignment(String text) {
        if (!mayBeSecret(text)) {
            return shortened(text);
        }
        Matcher key = KEY.matcher(text);
        return key.lookingAt() ? shortened(key.group(1)) + "=..." : "...";
    }
}

package dev.trapline.config;

import java.util.regex.Pattern;

/// What a message may repeat of what the user wrote: not much of it, and no password.
final class Shown {

    private static final int LONGEST = 200;
    /// Words that a password stands behind, a URL with somebody in front of its host, and misspelt keys of a
    /// database.
    private static final Pattern SECRET = Pattern.compile("(?is).*(pass|pas+w|pwd|secret|token|credential|//[^/?]*@"
            + "|postgresql\\s*[=:]|postgresql\\.(?!(url|user|create-schema)\\b)).*");
    private static final int SHORTEST = 3;

    private Shown() {}

    /// A text, cut off if it is long.
    static String shortened(String text) {
        return text.length() <= LONGEST
                ? text
                : text.substring(0, LONGEST / 2) + "... (" + text.length() + " characters)";
    }

    /// Whether a password may stand in a text.
    static boolean mayBeSecret(String text) {
        return SECRET.matcher(text).matches();
    }

    /// Whether a message repeats a word that stands where a password may be.
    ///
    /// @param text what the message is about
    static boolean repeatsSecret(String message, String text) {
        for (String line : text.split("\n", -1)) {
            if (!mayBeSecret(line)) {
                continue;
            }
            // The key itself may be repeated.
            String value = line.replaceFirst("^[^=:{]*", "");
            for (String word : value.split("[\\s\"'=:{}\\[\\],?&@/$]+", -1)) {
                if (word.length() >= SHORTEST && message.contains(word)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// An assignment of the command line, without its value if that may be a password.
    static String assignment(String text) {
        if (!mayBeSecret(text)) {
            return shortened(text);
        }
        int equals = text.indexOf('=');
        return equals < 0 ? "..." : shortened(text.substring(0, equals)) + "=...";
    }
}

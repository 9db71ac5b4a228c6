package dev.trapline.config;

/// Checks a HOCON text before the library parses it: text that is nested too deep would overflow the library's stack,
/// and text that is too long or has too many keys would keep it busy for minutes.
///
/// All texts of a configuration are counted together. The check knows only where comments and quoted texts begin and
/// end.
final class HoconText {

    /// How deep brackets may be nested, and how many parts a key may have. The deepest existing key has six.
    static final int DEEPEST = 64;
    /// The longest word, number or quoted text, in characters.
    static final int LONGEST = 10_000;
    /// The largest number of keys and sections: for each new key, the library scans its whole section.
    static final int MOST_KEYS = 2_000;
    /// The largest number of words, numbers and quoted texts: for each new one, the library scans its whole value.
    static final int MOST_WORDS = 20_000;
    /// The largest number of substitutions and additions (`+=`): for each, the library searches everything before
    /// it.
    static final int MOST_SUBSTITUTIONS = 500;

    private static final String QUOTES = "\"\"\"";
    private static final String ENDS_A_KEY = ",[]{}=:+\"\n";

    /// The counts in all texts of a configuration so far.
    static final class Counts {
        private int keys;
        private int words;
        private int substitutions;
    }

    private final String text;
    private final String origin;
    private final Counts counts;
    private int at;
    private int line = 1;
    private int depth;
    private int parts;

    private HoconText(String text, String origin, Counts counts) {
        this.text = text;
        this.origin = origin;
        this.counts = counts;
    }

    /// Refuses a text that the library cannot handle.
    ///
    /// @param origin where it was written, for messages
    /// @param counts the counts of the texts before it, to which this text is added
    /// @throws ConfigException with the line, but without the text
    static void check(String text, String origin, Counts counts) {
        new HoconText(text, origin, counts).check();
    }

    private void check() {
        while (at < text.length()) {
            char next = text.charAt(at);
            if (ENDS_A_KEY.indexOf(next) >= 0) {
                parts = 0;
            }
            if (next == '#' || text.startsWith("//", at)) {
                at = end(text.indexOf('\n', at));
            } else if (next == '"') {
                quoted();
            } else if (isPartOfAWord(next)) {
                word();
            } else {
                substitution(next);
                bracket(next);
                line += next == '\n' ? 1 : 0;
                at++;
            }
        }
    }

    private int end(int found) {
        return found < 0 ? text.length() : found;
    }

    private void bracket(char bracket) {
        switch (bracket) {
            case '{', '[' -> {
                depth++;
                key(bracket == '{');
                if (depth > DEEPEST) {
                    throw refused("brackets are nested more than " + DEEPEST + " deep");
                }
            }
            case '}', ']' -> depth = Math.max(0, depth - 1);
            default -> key(bracket == '=' || bracket == ':');
        }
    }

    private void substitution(char next) {
        boolean begins = (next == '{' && at > 0 && text.charAt(at - 1) == '$') || text.startsWith("+=", at);
        counts.substitutions += begins ? 1 : 0;
        if (counts.substitutions > MOST_SUBSTITUTIONS) {
            throw refused("there are more than " + MOST_SUBSTITUTIONS + " substitutions and additions");
        }
    }

    private void key(boolean begins) {
        counts.keys += begins ? 1 : 0;
        if (counts.keys > MOST_KEYS) {
            throw refused("there are more than " + MOST_KEYS + " keys");
        }
    }

    private static boolean isPartOfAWord(char next) {
        return ENDS_A_KEY.indexOf(next) < 0 && !Character.isWhitespace(next) && next != '#';
    }

    private void word() {
        int begin = at;
        while (at < text.length() && isPartOfAWord(text.charAt(at)) && !text.startsWith("//", at)) {
            parts += text.charAt(at) == '.' ? 1 : 0;
            at++;
        }
        if (at == begin) {
            at++;
        }
        requireShort("a word or number", at - begin);
        if (parts >= DEEPEST) {
            throw refused("a key has more than " + DEEPEST + " parts");
        }
    }

    private void quoted() {
        int begin = at;
        if (text.startsWith(QUOTES, at)) {
            at = end(text.indexOf(QUOTES, at + QUOTES.length())) + QUOTES.length();
        } else {
            at++;
            while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
        }
        at = Math.min(at, text.length());
        requireShort("a quoted text", at - begin);
        line += (int) text.substring(begin, at).chars().filter(c -> c == '\n').count();
    }

    private void requireShort(String what, int length) {
        counts.words++;
        if (counts.words > MOST_WORDS) {
            throw refused("there are more than " + MOST_WORDS + " words and texts");
        }
        if (length > LONGEST) {
            throw refused(what + " has " + length + " characters: the most is " + LONGEST);
        }
    }

    private ConfigException refused(String message) {
        return new ConfigException(origin + ":" + line, "", message);
    }
}

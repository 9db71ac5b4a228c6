package dev.trapline.abi;

import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// Untrusted text (from a recording, a file name, a configuration, a symbol table) with its control characters made
/// visible. A terminal would execute them, and they could hide or imitate a message.
///
/// Control characters are those of ISO 6429 (C0 with ESC, DEL, C1), the two that end a line in Unicode, and those that
/// change the direction of what is printed (UAX #9). Each is shown as in C: `\n`, `\x1b`, `\u202e`.
public final class Visible {

    private Visible() {}

    /// A text within a line: no part of it can begin a new line.
    public static String line(String text) {
        return shown(text, false);
    }

    /// A text of several lines, which may have tabs.
    public static String lines(String text) {
        return shown(text, true);
    }

    /// A JSON text, which stays the same JSON text.
    public static String json(String text) {
        return escaped(text, Visible::isControl, character -> String.format("\\u%04x", character));
    }

    private static String shown(String text, boolean layout) {
        return escaped(text, character -> isHidden((char) character, layout), Visible::escape);
    }

    private static String escaped(String text, IntPredicate hidden, IntFunction<String> escape) {
        if (text.chars().noneMatch(hidden)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (hidden.test(character)) {
                escaped.append(escape.apply(character));
            } else {
                escaped.append(character);
            }
        }
        return escaped.toString();
    }

    private static boolean isHidden(char character, boolean layout) {
        return isControl(character) && !(layout && (character == '\n' || character == '\t'));
    }

    static boolean isControl(int character) {
        return character < 0x20
                || (character >= 0x7f && character <= 0x9f)
                || character == 0x061c
                || character == 0x200e
                || character == 0x200f
                || (character >= 0x2028 && character <= 0x202e)
                || (character >= 0x2066 && character <= 0x2069);
    }

    /// A control character for people.
    public static String escape(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(character < 0x100 ? "\\x%02x" : "\\u%04x", character);
        };
    }
}

package dev.trapline.firmware.psci;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses the parts of settings.
final class SettingText {

    /// Virtual time counts at 62.5 MHz: 125 ticks are two microseconds.
    private static final long TICKS_OF_TWO_MICROSECONDS = 125;

    private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(us|ms|s)");
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-fA-F]{1,15}|\\d{1,18}");

    private SettingText() {}

    /// The parts between commas, without blanks; empty for a blank text.
    static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /// A number, decimal or with 0x; -1 if it is not a number.
    static long number(String text) {
        return NUMBER.matcher(text).matches() ? Long.decode(withoutZeros(text)) : -1;
    }

    /// A number of ticks, or a time in us, ms or s, rounded up to ticks; -1 if the text is neither.
    static long ticks(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return number(text);
        }
        long microseconds = Long.parseLong(time.group(1))
                * switch (time.group(2)) {
                    case "us" -> 1L;
                    case "ms" -> 1_000L;
                    default -> 1_000_000L;
                };
        return Math.ceilDiv(Math.multiplyExact(microseconds, TICKS_OF_TWO_MICROSECONDS), 2);
    }

    /// Ticks as whole microseconds.
    static long microseconds(long ticks) {
        return ticks / TICKS_OF_TWO_MICROSECONDS * 2
                + ticks % TICKS_OF_TWO_MICROSECONDS * 2 / TICKS_OF_TWO_MICROSECONDS;
    }

    /// [Long#decode] reads a number with leading zeros as octal.
    private static String withoutZeros(String text) {
        return text.startsWith("0x") ? text : text.replaceFirst("^0+(?=\\d)", "");
    }
}

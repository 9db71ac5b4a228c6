package dev.trapline.launcher;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes JSON (RFC 8259): the little that result files and traces need.
final class Json {

    private Json() {}

    /// A value: text, number, boolean, list, map or null, on one line. A map's order is kept.
    static String of(Object value) {
        return switch (value) {
            case CharSequence text -> quoted(text);
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(e -> quoted(String.valueOf(e.getKey())) + ":" + of(e.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
            case List<?> list -> list.stream().map(Json::of).collect(Collectors.joining(",", "[", "]"));
            default -> value.toString();
        };
    }

    /// A number of 64 bits as text in hexadecimal: JSON's readers take numbers for doubles.
    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String quoted(CharSequence text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20) {
                        quoted.append(String.format("\\u%04x", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}

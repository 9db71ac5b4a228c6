package dev.trapline.config;

import java.util.ArrayList;
import java.util.List;

/// Splits the values that a key was assigned one after the other. In the text of an unresolved configuration they are
/// listed in order, separated by commas.
final class Layers {

    private Layers() {}

    /// The layers of a text, in order. Commas in brackets and in quoted texts are part of a layer.
    static List<String> of(String text) {
        List<String> layers = new ArrayList<>();
        int begin = 0;
        int depth = 0;
        for (int at = 0; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '"' -> at = endOfText(text, at);
                case '[', '{' -> depth++;
                case ']', '}' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        layers.add(text.substring(begin, at));
                        begin = at + 1;
                    }
                }
                default -> {}
            }
        }
        layers.add(text.substring(begin));
        return layers;
    }

    private static int endOfText(String text, int quote) {
        int at = quote + 1;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }
}

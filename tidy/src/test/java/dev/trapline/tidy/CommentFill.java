package dev.trapline.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Refills paragraphs of line comments that are too wide. The formatter would break such a line without refilling the
/// paragraph, and would write a line without slashes after a block tag.
final class CommentFill {

    /// Columns of a line of Java.
    static final int WIDTH = 120;

    private static final Pattern COMMENT = Pattern.compile("(?<prefix> *///?)(?<text>(?: .*)?)");
    private static final Pattern BEGINS_PARAGRAPH = Pattern.compile("\\s*(@\\w|[-*+] |\\d+\\. |#|\\||>|```).*");
    private static final Pattern TAG_OR_ITEM = Pattern.compile("\\s*(@\\w|[-*+] |\\d+\\. ).*");

    private CommentFill() {}

    /// The text in which each paragraph with a line beyond [#WIDTH] is refilled.
    static String fill(String source) {
        List<String> out = new ArrayList<>();
        List<String> paragraph = new ArrayList<>();
        boolean fenced = false;
        for (String line : source.split("\n", -1)) {
            Matcher comment = COMMENT.matcher(line);
            boolean isComment = comment.matches();
            String text = isComment ? comment.group("text").strip() : "";
            boolean fence = text.startsWith("```");
            boolean alone = !isComment || text.isEmpty() || fenced || fence;
            if (alone || !continues(paragraph, comment)) {
                flush(paragraph, out);
            }
            (alone ? out : paragraph).add(line);
            fenced = isComment && (fenced ^ fence);
        }
        flush(paragraph, out);
        return String.join("\n", out);
    }

    private static boolean continues(List<String> paragraph, Matcher comment) {
        if (paragraph.isEmpty()) {
            return false;
        }
        return paragraph.getLast().startsWith(comment.group("prefix") + " ")
                && !BEGINS_PARAGRAPH.matcher(comment.group("text")).matches();
    }

    private static void flush(List<String> paragraph, List<String> out) {
        if (paragraph.stream().anyMatch(line -> line.length() > width(line))) {
            refill(paragraph, out);
        } else {
            out.addAll(paragraph);
        }
        paragraph.clear();
    }

    /// The width that the formatter accepts: it counts the indentation of a documentation comment twice.
    private static int width(String line) {
        int indentation = line.indexOf('/');
        return line.startsWith("///", indentation) ? WIDTH - indentation : WIDTH;
    }

    private static void refill(List<String> paragraph, List<String> out) {
        Matcher first = COMMENT.matcher(paragraph.getFirst());
        if (!first.matches()) {
            throw new IllegalStateException("not a comment: " + paragraph.getFirst());
        }
        String prefix = first.group("prefix");
        int width = width(prefix);
        String rest = TAG_OR_ITEM.matcher(first.group("text")).matches() ? prefix + "     " : prefix + " ";
        StringBuilder line = new StringBuilder(prefix);
        for (String word : words(paragraph, prefix)) {
            if (line.length() + 1 + word.length() > width && line.length() > rest.length()) {
                out.add(line.toString());
                line = new StringBuilder(rest).append(word);
            } else {
                line.append(' ').append(word);
            }
        }
        out.add(line.toString());
    }

    private static List<String> words(List<String> paragraph, String prefix) {
        List<String> words = new ArrayList<>();
        for (String line : paragraph) {
            words.addAll(List.of(line.substring(prefix.length()).strip().split(" +")));
        }
        return words;
    }
}

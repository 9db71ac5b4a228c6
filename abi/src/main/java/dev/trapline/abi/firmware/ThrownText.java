package dev.trapline.abi.firmware;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.CharBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The text of an exception. An exception of a service is the user's own code: its text may be endless, or fail.
public final class ThrownText {

    /// The most that is shown of a stack trace, in characters: endless recursion has a thousand frames, all alike.
    private static final int MOST = 6_000;

    /// How much of an exception's text or message is repeated, in characters.
    private static final int MOST_OF_TEXT = 1_000;

    private ThrownText() {}

    /// What an exception says of itself. Where it does not, its class is named.
    public static String of(Throwable thrown) {
        String text = asked(thrown, thrown::toString);
        return text == null ? thrown.getClass().getName() : text;
    }

    /// The message of an exception; null if it has none. Where it cannot be asked for it, its class is named.
    public static @Nullable String message(Throwable thrown) {
        return asked(thrown, thrown::getMessage);
    }

    private static @Nullable String asked(Throwable thrown, Supplier<@Nullable String> question) {
        try {
            String text = question.get();
            return text == null || text.length() <= MOST_OF_TEXT ? text : text.substring(0, MOST_OF_TEXT) + "...";
        } catch (Throwable _) {
            return thrown.getClass().getName();
        }
    }

    /// The stack trace of what was thrown, with its causes. Where it cannot be printed, its class is named.
    public static String trace(Throwable thrown) {
        Beginning text = new Beginning();
        try {
            thrown.printStackTrace(new PrintWriter(text));
        } catch (Full _) {
            return text.toLastLine() + "\n\t... and more";
        } catch (Throwable _) {
            return thrown.getClass().getName() + ", whose stack trace cannot be printed";
        }
        return text.kept.toString().stripTrailing();
    }

    /// Thrown to end what prints more than is shown.
    private static final class Full extends Error {

        private static final long serialVersionUID = 1L;

        private Full() {
            super("enough", null, false, false);
        }
    }

    /// Keeps the beginning of what is printed.
    private static final class Beginning extends Writer {

        private final StringBuilder kept = new StringBuilder();

        @Override
        public void write(char[] text, int from, int length) {
            keep(CharBuffer.wrap(text), from, length);
        }

        // The usual one copies all of the text first.
        @Override
        public void write(String text, int from, int length) {
            keep(text, from, length);
        }

        private void keep(CharSequence text, int from, int length) {
            kept.append(text, from, from + Math.min(length, MOST - kept.length()));
            if (kept.length() == MOST) {
                throw new Full();
            }
        }

        private String toLastLine() {
            int end = kept.lastIndexOf("\n");
            return kept.substring(0, end < 0 ? kept.length() : end).stripTrailing();
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // There is nothing to give back.
        }
    }
}

package dev.trapline.vcpu;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/// Stack traces as text.
final class StackTraces {

    /// The most that is shown of one, in characters: endless recursion has a thousand frames, all alike.
    private static final int MOST = 6_000;

    private static final int FRAMES = 20;

    private StackTraces() {}

    /// Where a thread is, innermost call first.
    static String of(List<StackTraceElement> stack) {
        StringBuilder text = new StringBuilder("The service is at work, and had come to:");
        stack.stream().limit(FRAMES).forEach(frame -> text.append("\n\tat ").append(frame));
        return text.toString();
    }

    /// The stack trace of what was thrown, with its causes. What is thrown is the user's own code too: where it
    /// cannot be printed, its class is named.
    static String of(Throwable thrown) {
        String text;
        try {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            text = trace.toString();
        } catch (Throwable _) {
            text = thrown.getClass().getName() + ", whose stack trace cannot be printed";
        }
        if (text.length() <= MOST) {
            return text.stripTrailing();
        }
        int end = text.lastIndexOf('\n', MOST);
        return text.substring(0, end < 0 ? MOST : end).stripTrailing() + "\n\t... and more";
    }
}

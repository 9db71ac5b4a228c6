package dev.trapline.vcpu;

import java.util.List;

/// Stack traces as text.
final class StackTraces {

    private static final int FRAMES = 20;

    private StackTraces() {}

    /// The stack of a thread, innermost call first.
    static String of(List<StackTraceElement> stack) {
        StringBuilder text = new StringBuilder("The service is running, and was here:");
        stack.stream().limit(FRAMES).forEach(frame -> text.append("\n\tat ").append(frame));
        return text.toString();
    }
}

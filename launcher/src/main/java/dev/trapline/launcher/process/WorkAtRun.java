package dev.trapline.launcher.process;

import java.util.Arrays;
import java.util.List;

/// Finds out whether any thread of this process still executes a run, from the threads' stacks.
///
/// A plugin that interrupts all threads may end an actor in the middle of a message. The run then waits for a message
/// that nobody sends, and never ends.
final class WorkAtRun {

    /// The beginnings of class names that are on the stack while a run, or the storing of its recording, makes
    /// progress. While a native library or a database works, they are further up the stack.
    private static final List<String> WORK =
            List.of("dev.trapline.", "akka.dispatch.Mailbox", "org.h2.", "org.postgresql.", "com.zaxxer.", "slick.");

    /// The command itself: it waits for the run, and watches it.
    private static final String COMMAND = "dev.trapline.launcher.";

    private WorkAtRun() {}

    /// Whether there is such a thread now. Between two messages there may be none for a moment. A thread that is in
    /// the code of a plugin does no work of the run.
    static boolean isSeen() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Arrays.stream(stack).noneMatch(Services::isForeign))
                .flatMap(Arrays::stream)
                .map(StackTraceElement::getClassName)
                .anyMatch(type -> !type.startsWith(COMMAND) && WORK.stream().anyMatch(type::startsWith));
    }
}

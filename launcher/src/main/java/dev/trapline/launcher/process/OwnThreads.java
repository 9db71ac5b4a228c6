package dev.trapline.launcher.process;

/// The command's own threads.
final class OwnThreads {

    private OwnThreads() {}

    /// Makes a thread that does not keep the process alive. It takes over nothing from the thread that makes it: a
    /// plugin may have put a value there (`InheritableThreadLocal`) whose code would run first, and may never end.
    static Thread.Builder builder(String name) {
        return Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false);
    }
}

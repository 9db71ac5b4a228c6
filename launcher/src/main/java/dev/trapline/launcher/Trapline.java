package dev.trapline.launcher;

/// The command's entry point.
public final class Trapline {

    private Trapline() {}

    /// Runs the command and ends the process with its exit status.
    public static void main(String[] arguments) {
        System.err.println("not yet " + arguments.length);
    }
}

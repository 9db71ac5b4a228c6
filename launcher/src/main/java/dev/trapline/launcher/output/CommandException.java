package dev.trapline.launcher.output;

import java.util.List;

/// The command cannot continue, for a reason that the user can fix.
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Ending ending;
    private final transient List<String> details;

    private CommandException(Ending ending, List<String> details, Throwable cause) {
        super(ending.message(), cause);
        this.ending = ending;
        this.details = List.copyOf(details);
    }

    private CommandException(Ending ending, List<String> details) {
        super(ending.message());
        this.ending = ending;
        this.details = List.copyOf(details);
    }

    /// An error in the command line, in the configuration, or in a file that they name.
    public static CommandException usage(String message) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), List.of());
    }

    /// As above, with its cause.
    public static CommandException usage(String message, Throwable cause) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), List.of(), cause);
    }

    /// Several errors at once.
    ///
    /// @param details one line each
    public static CommandException usage(String message, List<String> details) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), details);
    }

    /// The command was asked to end.
    public static CommandException interrupted(String message) {
        return new CommandException(new Ending(Ending.INTERRUPTED, "interrupted", message), List.of());
    }

    /// With a given ending.
    public static CommandException of(Ending ending) {
        return new CommandException(ending, List.of());
    }

    public Ending ending() {
        return ending;
    }

    /// Lines to print before the last line.
    public List<String> details() {
        return details;
    }
}

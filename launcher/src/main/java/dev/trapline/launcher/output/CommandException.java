package dev.trapline.launcher.output;

import java.util.List;

/// The command cannot continue, and the user can mend the reason.
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

    /// Something in the command line, the configuration or a file that they name.
    public static CommandException usage(String message) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), List.of());
    }

    /// As above, with what noticed it.
    public static CommandException usage(String message, Throwable cause) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), List.of(), cause);
    }

    /// Several things at once.
    ///
    /// @param details one line each
    public static CommandException usage(String message, List<String> details) {
        return new CommandException(new Ending(Ending.USAGE, "usage", message), details);
    }

    /// Somebody asked for the end.
    public static CommandException interrupted(String message) {
        return new CommandException(new Ending(Ending.INTERRUPTED, "interrupted", message), List.of());
    }

    /// With an ending that is known.
    public static CommandException of(Ending ending) {
        return new CommandException(ending, List.of());
    }

    public Ending ending() {
        return ending;
    }

    /// What is to be printed before the last line.
    public List<String> details() {
        return details;
    }
}

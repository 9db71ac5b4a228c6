package dev.trapline.launcher.output;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds out which of the process's streams are terminals.
///
/// The JDK can tell only whether both standard input and output are terminals. So `./trapline` asks the shell and
/// passes the answer in a system property. A process that was started without it uses the JDK's answer.
public final class Tty {

    public static final int STDIN = 0;
    static final int STDOUT = 1;
    static final int STDERR = 2;

    /// The property: the digits of the file descriptors that are terminals, as in `02`.
    public static final String PROPERTY = "trapline.terminals";

    private static final File DEVICE = new File("/dev/tty");
    private static final int LEAST_COLUMNS = 20;
    /// What 'stty size' prints: rows and columns.
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,4}) ([0-9]{1,4})");
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final int PROCESS_GROUP = 2;
    private static final int FOREGROUND_GROUP = 5;

    private Tty() {}

    /// Whether a file descriptor is a terminal. False if that is unknown.
    public static boolean isTerminal(int descriptor) {
        String told = System.getProperty(PROPERTY);
        if (told != null) {
            return told.contains(Integer.toString(descriptor));
        }
        Console console = descriptor == STDERR ? null : System.console();
        return console != null && console.isTerminal();
    }

    /// The width of the terminal: the environment's `COLUMNS`, or else what the terminal reports.
    ///
    /// @param isTerminal whether there is one to ask
    /// @param otherwise the width if neither is known
    /// @return columns, 20 or more
    static int columns(boolean isTerminal, int otherwise) {
        int told = columns(System.getenv("COLUMNS"), 0);
        Size reported = told == 0 && isTerminal ? reported() : null;
        if (reported != null && reported.columns() >= LEAST_COLUMNS) {
            return reported.columns();
        }
        return told == 0 ? otherwise : told;
    }

    /// The size of the terminal; null if it is unknown.
    public static @Nullable Size size() {
        Size reported = isTerminal(STDOUT) ? reported() : null;
        return reported != null && reported.columns() > 0 && reported.rows() > 0 ? reported : null;
    }

    /// What the terminal reports: zeros if it has no size, null if it cannot be asked.
    private static @Nullable Size reported() {
        if (!DEVICE.canRead()) {
            return null;
        }
        try {
            Matcher size = SIZE.matcher(RawTerminal.stty(List.of("size")).strip());
            return size.matches() ? new Size(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1))) : null;
        } catch (IOException _) {
            return null;
        }
    }

    /// The size of a terminal, in characters.
    ///
    /// @param columns 0 to 9999
    /// @param rows 0 to 9999
    public record Size(int columns, int rows) {}

    private static int columns(@Nullable String text, int otherwise) {
        return text != null && text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= LEAST_COLUMNS
                ? Integer.parseInt(text)
                : otherwise;
    }

    /// Whether this process is in the foreground of its terminal. The kernel stops a background process that
    /// changes the terminal's mode. True if that is unknown.
    public static boolean isForeground() {
        try {
            String stat = Files.readString(STAT);
            // The second field is the program's name in parentheses, which may hold anything; then come
            // proc_pid_stat(5)'s state, parent, process group, session, terminal, and the terminal's foreground
            // group.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields.length <= FOREGROUND_GROUP || fields[PROCESS_GROUP].equals(fields[FOREGROUND_GROUP]);
        } catch (IOException _) {
            return true;
        }
    }
}

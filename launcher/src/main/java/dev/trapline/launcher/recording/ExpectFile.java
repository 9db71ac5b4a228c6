package dev.trapline.launcher.recording;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Visible;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.ConsoleScript.Expect;
import dev.trapline.abi.machine.ConsoleScript.Keys;
import dev.trapline.abi.machine.ConsoleScript.Pause;
import dev.trapline.abi.machine.ConsoleScript.Step;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.config.Quantities;
import dev.trapline.launcher.output.CommandException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a script for the guest's console that waits for the guest's output: the file of `--expect`. Each line is a
/// step; a line that is empty or begins with `#` is none.
///
/// ```text
/// expect "login: " within 30s
/// enter "root"
/// pause 200ms
/// type "q"
/// ```
public final class ExpectFile {

    /// How long a step waits for output without `within`, in ticks: a minute of virtual time.
    static final long DEFAULT_LIMIT = 60 * MachineSpec.TICKS_PER_SECOND;

    private static final String TAKES = "a step is expect \"TEXT\" [within TIME], type \"TEXT\", enter \"TEXT\" or "
            + "pause TIME; a comment begins with #";
    private static final String ESCAPES = "\\n, \\r, \\t, \\e, \\\", \\\\ or \\x and two hexadecimal digits";
    private static final String TIMES = "a time with its unit, as in 30s or 200ms";
    private static final String ENTER = "\r";

    private static final Pattern WORD = Pattern.compile("(\\w+)\\s+\"");
    private static final Pattern WITHIN = Pattern.compile("within\\s+(\\S.*)");
    private static final Pattern BEGINS = Pattern.compile("(expect|type|enter|pause)\\b");
    private static final Pattern PAUSE = Pattern.compile("pause\\s+(\\S.*)");

    private final Path file;
    private int line;

    private ExpectFile(Path file) {
        this.file = file;
    }

    /// Reads a file.
    ///
    /// @param waiting how to wait for a pipe
    /// @throws CommandException if it cannot be read, or a line is not a step; the message has the line's number
    public static ConsoleScript read(Path file, Waiting waiting) {
        Bytes content = InputFiles.read("script", file, InputFiles.LARGEST_INPUT, waiting);
        return parse(file, new String(content.toArray(), StandardCharsets.UTF_8));
    }

    /// The script in a text.
    ///
    /// @param file its name for messages
    /// @throws CommandException if a line is not a step
    static ConsoleScript parse(Path file, String text) {
        return new ExpectFile(file).steps(text);
    }

    private ConsoleScript steps(String text) {
        List<Step> steps = new ArrayList<>();
        text.lines().forEach(each -> {
            line++;
            String stripped = each.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                steps.add(step(stripped));
            }
        });
        if (steps.isEmpty()) {
            throw CommandException.usage("script " + file + " has no step; " + TAKES);
        }
        return new ConsoleScript(steps);
    }

    private Step step(String text) {
        Matcher pause = PAUSE.matcher(text);
        if (pause.matches()) {
            return new Pause(line, ticks(pause.group(1)));
        }
        Matcher begin = WORD.matcher(text);
        int end = begin.lookingAt() ? endOfQuote(text, begin.end()) : -1;
        if (end < 0) {
            throw wrong(TAKES + notThis(text));
        }
        String word = begin.group(1);
        String quoted = text.substring(begin.end(), end);
        String after = text.substring(end + 1).strip();
        if (word.equals("expect")) {
            return expect(bytes(quoted), after);
        }
        if (!after.isEmpty()) {
            throw wrong("nothing can follow the text: " + Visible.line(after));
        }
        return switch (word) {
            case "type" -> new Keys(line, bytes(quoted));
            case "enter" -> new Keys(line, bytes(quoted + ENTER));
            default -> throw wrong(TAKES + notThis(text));
        };
    }

    /// Where a quoted text ends; -1 if it does not. A backslash belongs to the sign behind it.
    private static int endOfQuote(String text, int begin) {
        for (int at = begin; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '"' -> {
                    return at;
                }
                case '\\' -> at++;
                default -> {}
            }
        }
        return -1;
    }

    /// A line that is like no step may be of another file, such as one with passwords.
    private static String notThis(String text) {
        return BEGINS.matcher(text).lookingAt()
                ? ", not: " + Visible.line(text)
                : "; the line begins with none of these, and is not shown: is this the right file?";
    }

    private Expect expect(Bytes text, String after) {
        Matcher within = WITHIN.matcher(after);
        if (!after.isEmpty() && !within.matches()) {
            throw wrong("after the text comes nothing, or within TIME, not: " + Visible.line(after));
        }
        long limit = after.isEmpty() ? DEFAULT_LIMIT : ticks(within.group(1));
        if (limit == 0) {
            throw wrong("the limit is 0: it takes " + TIMES);
        }
        if (text.size() == 0 || text.size() > ConsoleScript.LONGEST_TEXT) {
            throw wrong("the text to expect has " + text.size() + " bytes: 1 to " + ConsoleScript.LONGEST_TEXT
                    + " are possible");
        }
        return new Expect(line, text, limit);
    }

    private long ticks(String text) {
        BigInteger nanos = Quantities.nanoseconds(text.strip());
        if (nanos == null || nanos.bitLength() >= Long.SIZE) {
            throw wrong("'" + Visible.line(text) + "' is no time: it takes " + TIMES);
        }
        return nanos.longValue() / MachineSpec.NANOS_PER_TICK;
    }

    private Bytes bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\\', at);
            if (end != at) {
                end = end < 0 ? text.length() : end;
                bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
                at = end;
            } else if (text.charAt(at + 1) == 'x') {
                bytes.write(hexadecimal(text, at + 2));
                at += 4;
            } else {
                bytes.write(escaped(text.charAt(at + 1)));
                at += 2;
            }
        }
        return Bytes.copyOf(bytes.toByteArray());
    }

    private int hexadecimal(String text, int at) {
        if (at + 2 > text.length()
                || !HexFormat.isHexDigit(text.charAt(at))
                || !HexFormat.isHexDigit(text.charAt(at + 1))) {
            throw wrong("after a backslash, a text takes " + ESCAPES);
        }
        return HexFormat.fromHexDigits(text, at, at + 2);
    }

    private int escaped(char character) {
        return switch (character) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'e' -> 0x1b;
            case '"', '\\' -> character;
            default -> throw wrong("after a backslash, a text takes " + ESCAPES);
        };
    }

    private CommandException wrong(String what) {
        return CommandException.usage("script " + file + ":" + line + ": " + what);
    }
}

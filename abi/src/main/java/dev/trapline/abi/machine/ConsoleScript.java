package dev.trapline.abi.machine;

import dev.trapline.abi.Bytes;
import java.util.List;

/// What is typed at the guest's console, known before the run. Its steps follow each other, in virtual time. What it
/// types is recorded as console input, so a replay does not need it.
public record ConsoleScript(List<Step> steps) {

    /// Types nothing.
    public static final ConsoleScript NONE = new ConsoleScript(List.of());

    /// The longest text that a step can wait for, in bytes.
    public static final int LONGEST_TEXT = 1024;

    public ConsoleScript {
        steps = List.copyOf(steps);
    }

    /// A step. A closed set.
    public sealed interface Step {
        /// Its line in the script's file, counted from 1.
        int line();
    }

    /// Waits until the guest has printed a text. What it printed before this step counts too, but not what an
    /// earlier step of this kind has found, nor what was printed before that.
    ///
    /// @param text what it prints: 1 to [#LONGEST_TEXT] bytes
    /// @param limit how long to wait, in ticks, 1 or more. When it has passed, the run ends
    public record Expect(int line, Bytes text, long limit) implements Step {
        public Expect {
            SpecCheck.require(
                    text.size() > 0 && text.size() <= LONGEST_TEXT,
                    "the size of text",
                    "1 to " + LONGEST_TEXT + " bytes",
                    text.size());
            SpecCheck.atLeast("limit", limit, 1);
        }
    }

    /// Types bytes, with at least [BoardSpec#inputInterval] between them. A byte is typed when the guest has read
    /// the one before.
    public record Keys(int line, Bytes bytes) implements Step {}

    /// Waits for a time.
    ///
    /// @param ticks how long, 0 or more
    public record Pause(int line, long ticks) implements Step {
        public Pause {
            SpecCheck.atLeast("ticks", ticks, 0);
        }
    }

    /// A script that types bytes, and waits for nothing.
    public static ConsoleScript typing(Bytes bytes) {
        return bytes.size() == 0 ? NONE : new ConsoleScript(List.of(new Keys(1, bytes)));
    }
}

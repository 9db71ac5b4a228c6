package dev.trapline.launcher.options;

import dev.trapline.config.Quantities;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.timeline.PositionQuery;
import java.math.BigInteger;

/// Positions in a recording, on the command line.
public final class PositionText {

    static final String FORMS =
            "a slice (120), an instruction in a slice (120:17), a call (hypercall#9), a virtual time"
                    + " (1.5ms), start or end";

    private PositionText() {}

    /// Parses a position.
    ///
    /// @param option the option, for messages
    /// @throws CommandException if the text is not a position
    public static PositionQuery parse(String option, String text) {
        if (text.equals("start")) {
            return new PositionQuery.Start();
        }
        if (text.equals("end")) {
            return new PositionQuery.End();
        }
        String call = "hypercall#";
        if (text.startsWith(call)) {
            long number = number(option, text, text.substring(call.length()));
            if (number == 0) {
                throw wrong(
                        option, text, "calls are counted from 1, in the order in which 'trapline trace' lists them");
            }
            return new PositionQuery.Call(number);
        }
        BigInteger ticks = text.equals("0") ? null : Quantities.ticks(text);
        if (ticks != null) {
            return new PositionQuery.Time(small(option, text, ticks));
        }
        int colon = text.indexOf(':');
        return colon < 0
                ? new PositionQuery.In(number(option, text, text), 0)
                : new PositionQuery.In(
                        number(option, text, text.substring(0, colon)),
                        number(option, text, text.substring(colon + 1)));
    }

    private static long number(String option, String text, String part) {
        BigInteger number = Quantities.number(part);
        if (number == null || number.signum() < 0) {
            throw wrong(option, text, "a position is " + FORMS);
        }
        return small(option, text, number);
    }

    private static long small(String option, String text, BigInteger number) {
        if (number.bitLength() >= Long.SIZE) {
            throw wrong(option, text, "the number is too large");
        }
        return number.longValueExact();
    }

    private static CommandException wrong(String option, String text, String reason) {
        return CommandException.usage(option + " " + text + ": " + reason);
    }
}

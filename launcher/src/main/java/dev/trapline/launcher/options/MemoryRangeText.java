package dev.trapline.launcher.options;

import dev.trapline.config.Quantities;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.timeline.MemoryRange;
import java.math.BigInteger;

/// Ranges of memory on the command line.
public final class MemoryRangeText {

    private MemoryRangeText() {}

    /// Parses a range.
    ///
    /// @param what the option, for messages: `--memory`
    /// @param longest the longest range, in bytes
    /// @throws CommandException if the text is not a range
    public static MemoryRange parse(String what, String address, String length, int longest) {
        BigInteger from = Quantities.number(address);
        BigInteger bytes = Quantities.number(length);
        if (from == null || from.signum() < 0 || from.bitLength() > Long.SIZE || bytes == null) {
            throw CommandException.usage(what + " " + address + " " + length
                    + ": give an address and a length in bytes, as in " + what + " 0x40080000 64");
        }
        if (bytes.signum() <= 0 || bytes.compareTo(BigInteger.valueOf(longest)) > 0) {
            throw CommandException.usage(
                    what + " " + address + " " + length + ": a length is 1 to " + longest + " bytes");
        }
        return new MemoryRange(from.longValue(), bytes.intValueExact());
    }
}

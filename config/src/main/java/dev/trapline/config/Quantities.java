package dev.trapline.config;

import dev.trapline.abi.machine.MachineSpec;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses numbers, sizes and durations of a configuration. Every method returns null for a text that it cannot parse.
public final class Quantities {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(_+[0-9]+)*");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX]([0-9a-fA-F]+(_+[0-9a-fA-F]+)*)");
    private static final Pattern SIZE = Pattern.compile("([0-9a-fA-FxX_]+?) *(|[bB]|[kKmMgG]([iI]?[bB])?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]+)(?:\\.([0-9]+))? *(ns|us|ms|s|min|m|h)");

    /// More characters than any 64-bit number with leading zeros and a unit.
    private static final int LONGEST = 100;

    private Quantities() {}

    /// A whole number.
    public static @Nullable BigInteger number(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        Matcher hexadecimal = HEXADECIMAL.matcher(text);
        if (hexadecimal.matches()) {
            return new BigInteger(hexadecimal.group(1).replace("_", ""), 16);
        }
        return DECIMAL.matcher(text).matches() ? new BigInteger(text.replace("_", "")) : null;
    }

    /// A whole number of at most 64 bits, signed or unsigned.
    public static @Nullable Long word(String text) {
        BigInteger value = number(text);
        return value == null || value.bitLength() > Long.SIZE || (value.signum() < 0 && value.bitLength() >= Long.SIZE)
                ? null
                : value.longValue();
    }

    /// A size in bytes: a number, and K, M or G for powers of 1024.
    public static @Nullable BigInteger size(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            return null;
        }
        BigInteger count = number(matcher.group(1));
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        if (count == null) {
            return null;
        }
        return count.shiftLeft(
                switch (unit.isEmpty() ? 'b' : unit.charAt(0)) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    case 'g' -> 30;
                    default -> 0;
                });
    }

    /// A duration in ticks of virtual time, rounded up. See [#nanoseconds].
    public static @Nullable BigInteger ticks(String text) {
        BigInteger nanos = nanoseconds(text);
        BigInteger tick = BigInteger.valueOf(MachineSpec.NANOS_PER_TICK);
        return nanos == null ? null : nanos.add(tick).subtract(BigInteger.ONE).divide(tick);
    }

    /// A duration in nanoseconds, rounded down. The unit is required, except after 0, because the unit of a bare
    /// number would be a guess.
    ///
    /// It does not use `BigDecimal`, whose first use computes tables and would add 10 ms to each start of the
    /// command.
    public static @Nullable BigInteger nanoseconds(String text) {
        if (text.equals("0")) {
            return BigInteger.ZERO;
        }
        Matcher matcher = DURATION.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            return null;
        }
        long unit = switch (matcher.group(3)) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 60_000_000_000L;
        };
        String decimals = matcher.group(2) == null ? "" : matcher.group(2);
        return new BigInteger(matcher.group(1) + decimals)
                .multiply(BigInteger.valueOf(unit))
                .divide(BigInteger.TEN.pow(decimals.length()));
    }
}

package dev.trapline.config;

import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Function identifiers in text form: `0xC4000003`, an ascending range `0xC4000020-0xC400003F`, or a base and a count
/// `0xC4000020+32`.
public final class FunctionsText {

    /// What it takes, in words.
    static final String TAKES = "takes a function identifier, an ascending range, or a base and a"
            + " count, as in 0xC4000003, 0xC4000020-0xC400003F or \"0xC4000020+32\"";

    private static final Pattern FUNCTIONS =
            Pattern.compile("([0-9A-Fa-fxX_]+) *(?:([-+]) *([0-9A-Fa-fxX_]+))?", Pattern.CASE_INSENSITIVE);

    private FunctionsText() {}

    /// The functions of a text; null if it has none of these forms.
    static @Nullable Functions parse(String text) {
        Matcher matcher = FUNCTIONS.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        FunctionId base = function(matcher.group(1));
        if (base == null || matcher.group(2) == null) {
            return base == null ? null : new Functions.One(base);
        }
        if (matcher.group(2).equals("-")) {
            FunctionId last = function(matcher.group(3));
            return last == null || base.compareTo(last) > 0 ? null : Functions.Range.of(base, last);
        }
        // The registry checks the count, and reports its own error.
        BigInteger count = Quantities.number(matcher.group(3));
        return count == null || count.bitLength() > Integer.SIZE + 1
                ? null
                : new Functions.Range(base, count.longValueExact());
    }

    /// The bare form of a name or identifier, without the parts that users write in different ways.
    public static String bare(String name) {
        return name.toUpperCase(Locale.ROOT).replace("_", "");
    }

    private static @Nullable FunctionId function(String text) {
        BigInteger number = Quantities.number(text);
        return number == null || number.signum() < 0 || number.bitLength() > Integer.SIZE
                ? null
                : new FunctionId(number.intValue());
    }
}

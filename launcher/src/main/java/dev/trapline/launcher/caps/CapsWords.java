package dev.trapline.launcher.caps;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.launcher.output.CommandException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Parses the words that name a call on the command line.
public final class CapsWords {

    private static final int LAST_IMMEDIATE = 0xffff;
    private static final long LAST_FUNCTION = 0xffff_ffffL;

    private CapsWords() {}

    /// How a conduit or an execution state is written, in option values and in JSON.
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// @param what the argument or option whose value it is
    static Conduit conduit(String what, String text) {
        return oneOf(what, text, Conduit.class);
    }

    static ExecutionState state(String text) {
        return oneOf("--state", text, ExecutionState.class);
    }

    private static <T extends Enum<T>> T oneOf(String what, String text, Class<T> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> CommandException.usage(what + " takes "
                        + Arrays.stream(type.getEnumConstants())
                                .map(CapsWords::word)
                                .collect(Collectors.joining(" or "))
                        + ", not '" + text + "'"));
    }

    static int immediate(String text) {
        long value = number(text);
        if (value < 0 || value > LAST_IMMEDIATE) {
            throw CommandException.usage("--imm takes a number from 0 to " + LAST_IMMEDIATE + ", not '" + text + "'");
        }
        return (int) value;
    }

    /// A function by its identifier or its name.
    static FunctionId function(String text, int immediate, ExecutionState state, Capabilities capabilities) {
        if (text.isEmpty()) {
            if (immediate == 0) {
                throw CommandException.usage(
                        "FUNCTION is missing: give an identifier as in 0xC4000003, a name as in PSCI_CPU_ON, or --imm");
            }
            return new FunctionId(0);
        }
        FunctionId named = capabilities.function(text, state);
        if (named != null) {
            return named;
        }
        long value = number(text);
        if (value < 0 || value > LAST_FUNCTION) {
            throw CommandException.usage("FUNCTION takes a 32-bit identifier, as in 0xC4000003, or the name of "
                    + "a known function, not '" + text + "'; 'trapline caps list' names them");
        }
        return new FunctionId((int) value);
    }

    /// Parses a 64-bit number.
    ///
    /// @param what the option, for messages
    public static long word(String what, String text) {
        try {
            return Long.parseUnsignedLong(digits(text), isHexadecimal(text) ? 16 : 10);
        } catch (NumberFormatException _) {
            throw CommandException.usage(
                    what + ": a value is a number of at most 64 bits, as in 0x1, not '" + text + "'");
        }
    }

    /// Parses a number of at most 63 bits, decimal or, with 0x, hexadecimal. -1 if the text is not one.
    private static long number(String text) {
        try {
            return Long.parseLong(digits(text), isHexadecimal(text) ? 16 : 10);
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private static boolean isHexadecimal(String text) {
        return text.startsWith("0x") || text.startsWith("0X");
    }

    private static String digits(String text) {
        return (isHexadecimal(text) ? text.substring(2) : text).replace("_", "");
    }
}

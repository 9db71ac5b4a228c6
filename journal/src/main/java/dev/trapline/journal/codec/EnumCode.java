package dev.trapline.journal.codec;

import java.util.List;

/// The stored numbers of an enum's constants, independent of the order in which the source declares them.
final class EnumCode<E extends Enum<E>> {

    private static final int NONE_RETIRED = Integer.MAX_VALUE;

    private final String what;
    private final List<E> byCode;
    private final int retired;
    private final int[] codes;

    @SuppressWarnings("EnumOrdinal") // an index into this object's own table, never stored
    private EnumCode(Class<E> type, int retired, List<E> byCode) {
        this.what = type.getSimpleName();
        this.retired = retired;
        this.byCode = byCode;
        E[] constants = type.getEnumConstants();
        this.codes = new int[constants.length];
        for (E constant : constants) {
            int index = byCode.indexOf(constant);
            if (index < 0) {
                throw new IllegalArgumentException(
                        type.getName() + "." + constant + " has no stored number: append it, and raise the version");
            }
            codes[constant.ordinal()] = index < retired ? index : index + 1;
        }
    }

    /// @param byCode every constant, in the order of its stored number from 0; only ever appended to
    @SafeVarargs
    @SuppressWarnings("varargs") // read, never stored as an array
    static <E extends Enum<E>> EnumCode<E> of(Class<E> type, E... byCode) {
        return new EnumCode<>(type, NONE_RETIRED, List.of(byCode));
    }

    /// The same, for an enum with a removed constant whose number must not be used again.
    ///
    /// @param retired the number; the constants behind it keep theirs
    /// @param byCode every constant that is left, in the order of its stored number; only ever appended to
    @SafeVarargs
    @SuppressWarnings("varargs") // read, never stored as an array
    static <E extends Enum<E>> EnumCode<E> without(int retired, Class<E> type, E... byCode) {
        return new EnumCode<>(type, retired, List.of(byCode));
    }

    @SuppressWarnings("EnumOrdinal") // an index into this object's own table, never stored
    int code(E constant) {
        return codes[constant.ordinal()];
    }

    void write(PackedWriter out, E constant) {
        out.u8(code(constant));
    }

    E read(PackedReader in) {
        return decode(in.u8());
    }

    E decode(int code) {
        int index = code < retired ? code : code - 1;
        if (code == retired || index >= byCode.size()) {
            throw new CodecException(what + " has no number " + code);
        }
        return byCode.get(index);
    }
}

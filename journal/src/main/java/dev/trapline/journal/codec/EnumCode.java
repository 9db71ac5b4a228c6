package dev.trapline.journal.codec;

import java.util.List;

/// The stored numbers of an enum's constants, independent of the order in which the source declares them.
final class EnumCode<E extends Enum<E>> {

    private final String what;
    private final List<E> byCode;
    private final int[] codes;

    @SuppressWarnings("EnumOrdinal") // an index into this object's own table, never stored
    private EnumCode(Class<E> type, List<E> byCode) {
        this.what = type.getSimpleName();
        this.byCode = byCode;
        E[] constants = type.getEnumConstants();
        this.codes = new int[constants.length];
        for (E constant : constants) {
            int code = byCode.indexOf(constant);
            if (code < 0) {
                throw new IllegalArgumentException(
                        type.getName() + "." + constant + " has no stored number: append it, and raise the version");
            }
            codes[constant.ordinal()] = code;
        }
    }

    /// @param byCode every constant, in the order of its stored number from 0; only ever appended to
    @SafeVarargs
    @SuppressWarnings("varargs") // read, never stored as an array
    static <E extends Enum<E>> EnumCode<E> of(Class<E> type, E... byCode) {
        return new EnumCode<>(type, List.of(byCode));
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
        if (code >= byCode.size()) {
            throw new CodecException(what + " has no number " + code);
        }
        return byCode.get(code);
    }
}

package dev.trapline.firmware.smccc;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What SMCCC_ARCH_FEATURES says of a call that works around a fault of the CPU (DEN0028 §7.5 to §7.9).
enum Workaround {
    /// The CPU needs it, and the call does it.
    REQUIRED("required", SmcccStatus.SUCCESS.code()),
    /// The CPU does not need it, and the call is safe.
    NOT_NEEDED("not-needed", 1),
    /// The CPU does not need it, or is mitigated for good: of WORKAROUND_2 alone.
    NOT_REQUIRED("not-required", SmcccStatus.NOT_REQUIRED.code()),
    /// There is no such call.
    NONE("none", SmcccStatus.NOT_SUPPORTED.code());

    /// What WORKAROUND_1 and WORKAROUND_3 can be.
    static final List<Workaround> OF_1_AND_3 = List.of(REQUIRED, NOT_NEEDED, NONE);
    /// What WORKAROUND_2 can be.
    static final List<Workaround> OF_2 = List.of(values());
    /// What WORKAROUND_4 can be.
    static final List<Workaround> OF_4 = List.of(REQUIRED, NONE);

    private final String text;
    private final int code;

    Workaround(String text, int code) {
        this.text = text;
        this.code = code;
    }

    /// The value of a setting.
    ///
    /// @throws IllegalArgumentException if it is none of those allowed
    static Workaround of(String key, String setting, List<Workaround> allowed) {
        return Arrays.stream(values())
                .filter(workaround -> workaround.text.equals(setting) && allowed.contains(workaround))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + key + "' takes " + texts(allowed) + ", not '" + setting + "'"));
    }

    /// The value of a setting that leaves it to the CPU model.
    static final String AUTO = "auto";
    /// The same, where a CPU that does not need a call does not have it either.
    static final String IF_REQUIRED = "if-required";

    /// As SMCCC_ARCH_FEATURES returns it.
    int code() {
        return code;
    }

    /// What a setting takes.
    static String texts(List<Workaround> some) {
        return AUTO + ", " + IF_REQUIRED + ", "
                + some.stream().map(Workaround::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.trapline.firmware.smccc;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The answers of SMCCC_ARCH_FEATURES for a call that works around a CPU vulnerability (DEN0028 §7.5 to §7.9).
enum Workaround {
    /// The CPU needs the workaround, and the call executes it.
    REQUIRED("required", SmcccStatus.SUCCESS.code()),
    /// The CPU does not need the workaround, and the call is safe.
    NOT_NEEDED("not-needed", 1),
    /// The CPU does not need the workaround, or is permanently mitigated. Only for WORKAROUND_2.
    NOT_REQUIRED("not-required", SmcccStatus.NOT_REQUIRED.code()),
    /// The call is not implemented.
    NONE("none", SmcccStatus.NOT_SUPPORTED.code());

    /// The values for WORKAROUND_1 and WORKAROUND_3.
    static final List<Workaround> OF_1_AND_3 = List.of(REQUIRED, NOT_NEEDED, NONE);
    /// The values for WORKAROUND_2.
    static final List<Workaround> OF_2 = List.of(values());
    /// The values for WORKAROUND_4.
    static final List<Workaround> OF_4 = List.of(REQUIRED, NONE);

    private final String text;
    private final int code;

    Workaround(String text, int code) {
        this.text = text;
        this.code = code;
    }

    /// The value of a setting.
    ///
    /// @throws IllegalArgumentException if it is not one of the allowed values
    static Workaround of(String key, String setting, List<Workaround> allowed) {
        return Arrays.stream(values())
                .filter(workaround -> workaround.text.equals(setting) && allowed.contains(workaround))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + key + "' takes " + texts(allowed) + ", not '" + setting + "'"));
    }

    /// The value of a setting that means: what the CPU model needs.
    static final String AUTO = "auto";
    /// Like [#AUTO], but a call that the CPU does not need is not implemented.
    static final String IF_REQUIRED = "if-required";

    /// As SMCCC_ARCH_FEATURES returns it.
    int code() {
        return code;
    }

    /// The values that a setting accepts, for messages.
    static String texts(List<Workaround> some) {
        return AUTO + ", " + IF_REQUIRED + ", "
                + some.stream().map(Workaround::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import java.util.Arrays;
import java.util.List;

/// The return codes of the Arm Architecture calls (DEN0028 §7.1).
enum SmcccStatus {
    SUCCESS(0),
    NOT_SUPPORTED(-1),
    NOT_REQUIRED(-2),
    INVALID_PARAMETER(-3);

    private final int code;

    SmcccStatus(int code) {
        this.code = code;
    }

    /// The value in x0, sign-extended.
    int code() {
        return code;
    }

    /// Names for traces.
    static List<ResultName> names(SmcccStatus... statuses) {
        return Arrays.stream(statuses)
                .map(status -> new ResultName(status.code, status.name()))
                .toList();
    }
}

package dev.trapline.firmware.smccc;

import static dev.trapline.firmware.smccc.SmcccStatus.INVALID_PARAMETER;
import static dev.trapline.firmware.smccc.SmcccStatus.NOT_REQUIRED;
import static dev.trapline.firmware.smccc.SmcccStatus.NOT_SUPPORTED;
import static dev.trapline.firmware.smccc.SmcccStatus.SUCCESS;

import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The calls of the Arm Architecture owner, by function number (DEN0028 §7).
enum ArchFunction {
    VERSION(0x0000, SmcccVersion.V1_1, Width.SMC32, "SMCCC_VERSION"),
    ARCH_FEATURES(0x0001, SmcccVersion.V1_1, Width.SMC32, "SMCCC_ARCH_FEATURES", "arch_func_id"),
    SOC_ID(0x0002, SmcccVersion.V1_2, Width.BOTH, "SMCCC_ARCH_SOC_ID", "SoC_ID_type"),
    FEATURE_AVAILABILITY(0x0003, SmcccVersion.V1_5, Width.SMC64, "SMCCC_ARCH_FEATURE_AVAILABILITY", "bitmask_selector"),
    WORKAROUND_4(0x0004, SmcccVersion.V1_1, Width.SMC32, "SMCCC_ARCH_WORKAROUND_4"),
    WORKAROUND_3(0x3fff, SmcccVersion.V1_1, Width.SMC32, "SMCCC_ARCH_WORKAROUND_3"),
    WORKAROUND_2(0x7fff, SmcccVersion.V1_1, Width.SMC32, "SMCCC_ARCH_WORKAROUND_2", "enable"),
    WORKAROUND_1(0x8000, SmcccVersion.V1_1, Width.SMC32, "SMCCC_ARCH_WORKAROUND_1");

    /// The Arm Architecture owner.
    static final int OWNER = 0;

    private final int number;
    private final SmcccVersion since;
    private final Width width;
    private final String armName;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private final List<String> parameters;

    /// The calling conventions in which a function has an identifier.
    private enum Width {
        SMC32,
        SMC64,
        BOTH
    }

    ArchFunction(int number, SmcccVersion since, Width width, String armName, String... parameters) {
        this.number = number;
        this.since = since;
        this.width = width;
        this.armName = armName;
        this.parameters = List.of(parameters);
    }

    /// The function with an identifier in a version; null if there is none.
    static @Nullable ArchFunction of(FunctionId id, SmcccVersion version) {
        return Arrays.stream(values())
                .filter(function -> function.ids().contains(id) && version.isAtLeast(function.since))
                .findFirst()
                .orElse(null);
    }

    private List<FunctionId> ids() {
        FunctionId narrow = FunctionId.fast32(OWNER, number);
        FunctionId wide = FunctionId.fast64(OWNER, number);
        return switch (width) {
            case SMC32 -> List.of(narrow);
            case SMC64 -> List.of(wide);
            case BOTH -> List.of(narrow, wide);
        };
    }

    /// All functions of all versions, as a descriptor lists them.
    static List<Function> described() {
        List<Function> described = new ArrayList<>();
        for (ArchFunction function : values()) {
            SmcccStatus[] results = function.results();
            function.ids()
                    .forEach(id -> described.add(
                            new Function(id, function.armName, function.parameters, SmcccStatus.names(results))));
        }
        return described;
    }

    private SmcccStatus[] results() {
        return switch (this) {
            case VERSION -> new SmcccStatus[] {NOT_SUPPORTED};
            case ARCH_FEATURES -> new SmcccStatus[] {NOT_SUPPORTED, NOT_REQUIRED};
            case SOC_ID -> new SmcccStatus[] {NOT_SUPPORTED, INVALID_PARAMETER};
            case FEATURE_AVAILABILITY -> new SmcccStatus[] {SUCCESS, NOT_SUPPORTED, INVALID_PARAMETER};
            case WORKAROUND_1, WORKAROUND_2, WORKAROUND_3, WORKAROUND_4 -> new SmcccStatus[] {NOT_SUPPORTED};
        };
    }
}

package dev.trapline.firmware.trng;

import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The functions of TRNG 1.0 (DEN0098 §1.3).
enum TrngFunction {
    VERSION(0x8400_0050, "TRNG_VERSION"),
    FEATURES(0x8400_0051, "TRNG_FEATURES", "trng_func_id"),
    GET_UUID(0x8400_0052, "TRNG_GET_UUID"),
    RND32(0x8400_0053, "TRNG_RND32", "bits"),
    RND64(0xc400_0053, "TRNG_RND64", "bits");

    private final int id;
    private final String armName;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private final List<String> parameters;

    TrngFunction(int id, String armName, String... parameters) {
        this.id = id;
        this.armName = armName;
        this.parameters = List.of(parameters);
    }

    /// The function with an identifier; null if there is none.
    static @Nullable TrngFunction of(FunctionId id) {
        return Arrays.stream(values())
                .filter(function -> function.id == id.value())
                .findFirst()
                .orElse(null);
    }

    /// The function, as a descriptor lists it.
    Function described() {
        return new Function(new FunctionId(id), armName, parameters, resultNames());
    }

    private List<ResultName> resultNames() {
        return switch (this) {
            case VERSION, GET_UUID -> names(TrngStatus.NOT_SUPPORTED);
            case FEATURES -> names(TrngStatus.SUCCESS, TrngStatus.NOT_SUPPORTED);
            case RND32, RND64 -> names(TrngStatus.values());
        };
    }

    private static List<ResultName> names(TrngStatus... statuses) {
        List<ResultName> names = new ArrayList<>();
        for (TrngStatus status : statuses) {
            names.add(new ResultName(status.code(), status.name()));
        }
        return names;
    }
}

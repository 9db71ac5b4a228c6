package dev.trapline.firmware.sdei;

import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.smccc.FunctionId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The SDEI functions by number (DEN0054 §5.1). All are SMC64.
enum SdeiFunction {
    VERSION(0x20, false),
    EVENT_REGISTER(0x21, true, "event", "entry_point_address", "ep_argument", "flags", "affinity"),
    EVENT_ENABLE(0x22, true, "event"),
    EVENT_DISABLE(0x23, true, "event"),
    EVENT_CONTEXT(0x24, false, "param_id"),
    EVENT_COMPLETE(0x25, true, "status_code"),
    EVENT_COMPLETE_AND_RESUME(0x26, true, "resume_address"),
    EVENT_UNREGISTER(0x27, true, "event"),
    EVENT_STATUS(0x28, false, "event"),
    EVENT_GET_INFO(0x29, false, "event", "info"),
    EVENT_ROUTING_SET(0x2a, true, "event", "routing_mode", "affinity"),
    PE_MASK(0x2b, false),
    PE_UNMASK(0x2c, true),
    INTERRUPT_BIND(0x2d, false, "interrupt_number"),
    INTERRUPT_RELEASE(0x2e, true, "event"),
    EVENT_SIGNAL(0x2f, true, "event", "target_pe"),
    FEATURES(0x30, false, "feature"),
    PRIVATE_RESET(0x31, true),
    SHARED_RESET(0x32, true);

    /// The owner number of the standard secure services. SDEI is one of them.
    private static final int OWNER = 4;

    private static final int FIRST_NUMBER = 0x20;
    private static final int LAST_RESERVED_NUMBER = 0x3f;

    /// The first identifier of SDEI's range.
    static final FunctionId FIRST = FunctionId.fast64(OWNER, FIRST_NUMBER);
    /// The last identifier that is reserved for SDEI.
    static final FunctionId LAST = FunctionId.fast64(OWNER, LAST_RESERVED_NUMBER);

    /// In the order of their numbers, which has no gaps.
    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private static final List<SdeiFunction> ALL = List.of(values());

    private final int number;
    private final boolean returnsStatus;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private final List<String> parameters;

    SdeiFunction(int number, boolean returnsStatus, String... parameters) {
        this.number = number;
        this.returnsStatus = returnsStatus;
        this.parameters = List.of(parameters);
    }

    /// The function with an identifier; null if there is none.
    static @Nullable SdeiFunction of(FunctionId id) {
        int index = id.value() - FIRST.value();
        return index >= 0 && index < ALL.size() ? ALL.get(index) : null;
    }

    /// All functions, as a descriptor lists them.
    static List<Function> described() {
        return ALL.stream()
                .map(function -> new Function(
                        FunctionId.fast64(OWNER, function.number),
                        "SDEI_" + function.name(),
                        function.parameters,
                        function.resultNames()))
                .toList();
    }

    private List<ResultName> resultNames() {
        if (this == VERSION) {
            return List.of();
        }
        Stream<SdeiStatus> statuses = Arrays.stream(SdeiStatus.values());
        return statuses.filter(status -> returnsStatus || status != SdeiStatus.SUCCESS)
                .map(status -> new ResultName(status.code(), status.name()))
                .toList();
    }
}

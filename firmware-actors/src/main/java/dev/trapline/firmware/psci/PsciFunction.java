package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The PSCI functions that are implemented, by function number (DEN0022 §5.1).
enum PsciFunction {
    VERSION(0x00, "PSCI_VERSION", false),
    CPU_OFF(0x02, "PSCI_CPU_OFF", false),
    CPU_ON(0x03, "PSCI_CPU_ON", true, "target_cpu", "entry_point_address", "context_id"),
    AFFINITY_INFO(0x04, "PSCI_AFFINITY_INFO", true, "target_affinity", "lowest_affinity_level"),
    SYSTEM_OFF(0x08, "PSCI_SYSTEM_OFF", false),
    SYSTEM_RESET(0x09, "PSCI_SYSTEM_RESET", false),
    FEATURES(0x0a, "PSCI_FEATURES", false, "psci_func_id");

    /// The standard secure services: PSCI is the first part of them.
    static final int OWNER = 4;

    /// The first identifier under which KVM answers PSCI 0.1, which has none of its own: CPU_SUSPEND, then CPU_OFF,
    /// CPU_ON and MIGRATE.
    static final FunctionId FIRST_0_1 = new FunctionId(0x95c1_ba5e);
    /// The last of them.
    static final FunctionId LAST_0_1 = new FunctionId(0x95c1_ba61);

    private static final FunctionId CPU_OFF_0_1 = new FunctionId(0x95c1_ba5f);
    private static final FunctionId CPU_ON_0_1 = new FunctionId(0x95c1_ba60);

    /// Looked up at every call, never iterated.
    private static final Map<FunctionId, PsciFunction> BY_ID = byId();

    private final int number;
    private final String armName;
    private final boolean in64;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private final List<String> parameters;

    PsciFunction(int number, String armName, boolean in64, String... parameters) {
        this.number = number;
        this.armName = armName;
        this.in64 = in64;
        this.parameters = List.of(parameters);
    }

    /// The function behind an identifier in a version.
    ///
    /// @return null if there is none, or if the function does not exist in the identifier's convention
    static @Nullable PsciFunction of(FunctionId id, PsciVersion version) {
        if (version == PsciVersion.V0_1) {
            if (id.equals(CPU_OFF_0_1)) {
                return CPU_OFF;
            }
            return id.equals(CPU_ON_0_1) ? CPU_ON : null;
        }
        PsciFunction function = BY_ID.get(id);
        return function == FEATURES && !version.isAtLeast(PsciVersion.V1_0) ? null : function;
    }

    private static Map<FunctionId, PsciFunction> byId() {
        Map<FunctionId, PsciFunction> functions = new TreeMap<>();
        for (PsciFunction function : values()) {
            functions.put(FunctionId.fast32(OWNER, function.number), function);
            if (function.in64) {
                functions.put(FunctionId.fast64(OWNER, function.number), function);
            }
        }
        return Collections.unmodifiableMap(functions);
    }

    /// All identifiers of all functions, as a descriptor lists them.
    static List<Function> described() {
        List<Function> functions = new ArrayList<>();
        BY_ID.forEach((id, function) -> functions.add(function.described(id, function.armName)));
        functions.add(CPU_OFF.described(CPU_OFF_0_1, "PSCI_0_1_CPU_OFF"));
        functions.add(CPU_ON.described(CPU_ON_0_1, "PSCI_0_1_CPU_ON"));
        return functions;
    }

    private Function described(FunctionId id, String name) {
        return new Function(id, name, parameters, resultNames());
    }

    private List<ResultName> resultNames() {
        List<ResultName> names = new ArrayList<>();
        switch (this) {
            case VERSION -> {}
            case AFFINITY_INFO ->
                names.addAll(
                        List.of(new ResultName(0, "ON"), new ResultName(1, "OFF"), new ResultName(2, "ON_PENDING")));
            case CPU_OFF, CPU_ON, SYSTEM_OFF, SYSTEM_RESET, FEATURES ->
                names.add(new ResultName(PsciStatus.SUCCESS.code(), PsciStatus.SUCCESS.name()));
        }
        if (this != VERSION) {
            Arrays.stream(PsciStatus.values())
                    .filter(s -> s != PsciStatus.SUCCESS)
                    .forEach(s -> names.add(new ResultName(s.code(), s.name())));
        }
        return names;
    }
}

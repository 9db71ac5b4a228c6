package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// PSCI's functions, by function number (DEN0022 §5.1). Dispatch, PSCI_FEATURES, descriptor and settings all use this
/// table.
enum PsciFunction {
    VERSION(0x00, PsciVersion.V0_2, Ids.SMC32, Need.MANDATORY),
    CPU_SUSPEND(0x01, PsciVersion.V0_1, Ids.BOTH, Need.MANDATORY, "power_state", "entry_point_address", "context_id"),
    CPU_OFF(0x02, PsciVersion.V0_1, Ids.SMC32, Need.MANDATORY),
    CPU_ON(0x03, PsciVersion.V0_1, Ids.BOTH, Need.MANDATORY, "target_cpu", "entry_point_address", "context_id"),
    AFFINITY_INFO(0x04, PsciVersion.V0_2, Ids.BOTH, Need.MANDATORY, "target_affinity", "lowest_affinity_level"),
    MIGRATE(0x05, PsciVersion.V0_1, Ids.BOTH, Need.OPTIONAL, "target_cpu"),
    MIGRATE_INFO_TYPE(0x06, PsciVersion.V0_2, Ids.SMC32, Need.OPTIONAL),
    MIGRATE_INFO_UP_CPU(0x07, PsciVersion.V0_2, Ids.BOTH, Need.OPTIONAL),
    SYSTEM_OFF(0x08, PsciVersion.V0_2, Ids.SMC32, Need.MANDATORY),
    SYSTEM_RESET(0x09, PsciVersion.V0_2, Ids.SMC32, Need.MANDATORY),
    FEATURES(0x0a, PsciVersion.V1_0, Ids.SMC32, Need.MANDATORY, "psci_func_id"),
    CPU_FREEZE(0x0b, PsciVersion.V1_0, Ids.SMC32, Need.OPTIONAL),
    CPU_DEFAULT_SUSPEND(0x0c, PsciVersion.V1_0, Ids.BOTH, Need.OPTIONAL, "entry_point_address", "context_id"),
    NODE_HW_STATE(0x0d, PsciVersion.V1_0, Ids.BOTH, Need.OPTIONAL, "target_cpu", "power_level"),
    SYSTEM_SUSPEND(0x0e, PsciVersion.V1_0, Ids.BOTH, Need.OPTIONAL, "entry_point_address", "context_id"),
    SET_SUSPEND_MODE(0x0f, PsciVersion.V1_0, Ids.SMC32, Need.OPTIONAL, "mode"),
    STAT_RESIDENCY(0x10, PsciVersion.V1_0, Ids.BOTH, Need.OPTIONAL, "target_cpu", "power_state"),
    STAT_COUNT(0x11, PsciVersion.V1_0, Ids.BOTH, Need.OPTIONAL, "target_cpu", "power_state"),
    SYSTEM_RESET2(0x12, PsciVersion.V1_1, Ids.BOTH, Need.OPTIONAL, "reset_type", "cookie"),
    MEM_PROTECT(0x13, PsciVersion.V1_1, Ids.SMC32, Need.OPTIONAL, "enable"),
    MEM_PROTECT_CHECK_RANGE(0x14, PsciVersion.V1_1, Ids.BOTH, Need.OPTIONAL, "base", "length"),
    SYSTEM_OFF2(0x15, PsciVersion.V1_3, Ids.BOTH, Need.OPTIONAL, "type", "cookie");

    /// The calling conventions in which a function has identifiers.
    private enum Ids {
        SMC32,
        BOTH
    }

    /// Whether an implementation may omit a function.
    private enum Need {
        MANDATORY,
        OPTIONAL
    }

    /// The owner number of the standard secure services. PSCI is one of them.
    static final int OWNER = 4;
    /// The last function number that is PSCI's.
    static final int LAST_NUMBER = 0x1f;

    private static final int FAST_PSCI = FunctionId.fast32(OWNER, 0).value();
    private static final int SMC64 = 1 << 30;

    private final int number;
    private final PsciVersion since;
    private final Ids ids;
    private final Need need;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of, which cannot change
    private final List<String> parameters;

    PsciFunction(int number, PsciVersion since, Ids ids, Need need, String... parameters) {
        this.number = number;
        this.since = since;
        this.ids = ids;
        this.need = need;
        this.parameters = List.of(parameters);
    }

    /// The function with an identifier of PSCI 0.2 and later, in any version.
    ///
    /// @param id all 32 bits
    /// @return null if there is none, or if it does not exist in the identifier's convention
    static @Nullable PsciFunction ofId(int id) {
        int offset = (id & ~SMC64) - FAST_PSCI;
        if (offset < 0 || offset > SYSTEM_OFF2.number) {
            return null;
        }
        PsciFunction function = Table.BY_NUMBER.get(offset);
        return (id & SMC64) != 0 && function.ids == Ids.SMC32 ? null : function;
    }

    /// The function that KVM gives an identifier in PSCI 0.1, which defines no identifiers.
    ///
    /// @return null if there is none
    static @Nullable PsciFunction ofLegacyId(int id) {
        int offset = id - Legacy.FIRST.value();
        return offset < 0 || offset >= Table.LEGACY.size() ? null : Table.LEGACY.get(offset);
    }

    /// The function's bit in a set of functions.
    int bit() {
        return 1 << number;
    }

    boolean existsIn(PsciVersion version) {
        return version == PsciVersion.V0_1 ? since == PsciVersion.V0_1 : version.isAtLeast(since);
    }

    boolean isOptional() {
        return need == Need.OPTIONAL;
    }

    /// All identifiers of all functions in ascending order, as a descriptor lists them.
    static List<Function> described() {
        List<Function> functions = new ArrayList<>();
        for (PsciFunction function : values()) {
            functions.add(function.described(FunctionId.fast32(OWNER, function.number), "PSCI_" + function.name()));
            if (function.ids == Ids.BOTH) {
                functions.add(function.described(FunctionId.fast64(OWNER, function.number), "PSCI_" + function.name()));
            }
        }
        for (int k = 0; k < Table.LEGACY.size(); k++) {
            PsciFunction function = Table.LEGACY.get(k);
            functions.add(function.described(new FunctionId(Legacy.FIRST.value() + k), "PSCI_0_1_" + function.name()));
        }
        functions.sort(Comparator.comparing(Function::id));
        return functions;
    }

    private Function described(FunctionId id, String name) {
        return new Function(id, name, parameters, resultNames());
    }

    private List<ResultName> resultNames() {
        List<ResultName> names = new ArrayList<>(
                switch (this) {
                    case VERSION, STAT_RESIDENCY, STAT_COUNT, MIGRATE_INFO_UP_CPU -> List.of();
                    case AFFINITY_INFO -> named("ON", "OFF", "ON_PENDING");
                    case NODE_HW_STATE -> named("HW_ON", "HW_OFF", "HW_STANDBY");
                    case MIGRATE_INFO_TYPE -> named("UP_MIGRATABLE", "UP_NOT_MIGRATABLE", "NOT_PRESENT_OR_MP");
                    case MEM_PROTECT -> named("WAS_OFF", "WAS_ON");
                    case CPU_SUSPEND,
                            CPU_OFF,
                            CPU_ON,
                            MIGRATE,
                            SYSTEM_OFF,
                            SYSTEM_RESET,
                            FEATURES,
                            CPU_FREEZE,
                            CPU_DEFAULT_SUSPEND,
                            SYSTEM_SUSPEND,
                            SET_SUSPEND_MODE,
                            SYSTEM_RESET2,
                            MEM_PROTECT_CHECK_RANGE,
                            SYSTEM_OFF2 -> named(PsciStatus.SUCCESS.name());
                });
        if (this != VERSION && this != STAT_RESIDENCY && this != STAT_COUNT) {
            Arrays.stream(PsciStatus.values())
                    .filter(s -> s != PsciStatus.SUCCESS)
                    .forEach(s -> names.add(new ResultName(s.code(), s.name())));
        }
        return names;
    }

    private static List<ResultName> named(String... names) {
        List<ResultName> results = new ArrayList<>();
        for (String name : names) {
            results.add(new ResultName(results.size(), name));
        }
        return results;
    }

    /// The identifiers that KVM uses for PSCI 0.1.
    static final class Legacy {
        static final FunctionId FIRST = new FunctionId(0x95c1_ba5e);
        static final FunctionId LAST = new FunctionId(0x95c1_ba61);

        private Legacy() {}
    }

    /// A separate class, because an enum's constants are created before its static fields.
    private static final class Table {
        static final List<PsciFunction> BY_NUMBER = List.of(values());
        static final List<PsciFunction> LEGACY = List.of(CPU_SUSPEND, CPU_OFF, CPU_ON, MIGRATE);

        private Table() {}
    }
}

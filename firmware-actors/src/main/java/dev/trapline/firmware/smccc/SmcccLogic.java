package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import org.jspecify.annotations.Nullable;

/// The answers of the SMCCC service as a function of its settings and a call. The workarounds write no registers.
final class SmcccLogic {

    /// The only function of another owner that SMCCC_ARCH_FEATURES reports (DEN0057).
    private static final FunctionId PV_TIME_FEATURES = FunctionId.fast64(GeneralQuery.STANDARD_HYPERVISOR, 0x20);

    private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(SmcccStatus.NOT_SUPPORTED.code());

    private SmcccLogic() {}

    static RegisterWrites answer(SmcccConfig config, ServiceCall call) {
        SmcccCall smccc = call.smccc();
        if (smccc.functionId().owner() != ArchFunction.OWNER) {
            return generalQuery(config, call);
        }
        @Nullable ArchFunction function = ArchFunction.of(smccc.functionId(), config.version());
        if (function == null || !offers(config, smccc.functionId())) {
            return NOT_SUPPORTED;
        }
        return switch (function) {
            case VERSION -> RegisterWrites.x0(config.version().value());
            case ARCH_FEATURES -> RegisterWrites.x0(features(config, call));
            case SOC_ID -> config.soc().answer(smccc);
            case FEATURE_AVAILABILITY -> FeatureAvailability.answer(smccc.argument(1));
            case WORKAROUND_1, WORKAROUND_2, WORKAROUND_3, WORKAROUND_4 -> RegisterWrites.NONE;
        };
    }

    /// Whether a function is implemented in this version and with these settings.
    static boolean offers(SmcccConfig config, FunctionId id) {
        if (id.owner() != ArchFunction.OWNER) {
            @Nullable GeneralQuery query = GeneralQuery.of(id);
            return query != null && config.identity(id.owner()).answers(query, config.version());
        }
        @Nullable ArchFunction function = ArchFunction.of(id, config.version());
        return function != null && config.features(function) != SmcccStatus.NOT_SUPPORTED.code();
    }

    /// DEN0028 §7.3. A function that the machine's policy denies is reported as NOT_SUPPORTED.
    private static int features(SmcccConfig config, ServiceCall call) {
        FunctionId asked = new FunctionId((int) call.smccc().argument(1));
        if (!call.reaches(asked)) {
            return SmcccStatus.NOT_SUPPORTED.code();
        }
        if (asked.equals(PV_TIME_FEATURES)) {
            return SmcccStatus.SUCCESS.code();
        }
        @Nullable ArchFunction function = ArchFunction.of(asked, config.version());
        return function == null ? SmcccStatus.NOT_SUPPORTED.code() : config.features(function);
    }

    private static RegisterWrites generalQuery(SmcccConfig config, ServiceCall call) {
        FunctionId id = call.smccc().functionId();
        @Nullable GeneralQuery query = GeneralQuery.of(id);
        if (query == null || !offers(config, id)) {
            return NOT_SUPPORTED;
        }
        OwnerIdentity identity = config.identity(id.owner());
        return switch (query) {
            case CALL_COUNT ->
                RegisterWrites.x0(
                        identity.calls() == OwnerIdentity.COUNTED ? functionsOf(id.owner(), call) : identity.calls());
            case CALL_UID -> identity.uid();
            case REVISION -> identity.revision();
        };
    }

    /// The number of an owner's functions that the caller can reach by this conduit, including these queries.
    private static long functionsOf(int owner, ServiceCall call) {
        return call.capabilities().functions().stream()
                .filter(function -> function.isFast() && function.owner() == owner && call.reaches(function))
                .count();
    }
}

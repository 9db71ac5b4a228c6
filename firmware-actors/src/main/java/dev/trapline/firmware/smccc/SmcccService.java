package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// The Arm Architecture Calls that every SMCCC implementation has: SMCCC_VERSION and SMCCC_ARCH_FEATURES (DEN0028 §7.2,
/// §7.3).
///
/// It claims the whole range of owner 0, so that what it does not implement is answered by itself.
public final class SmcccService implements FirmwareService<SmcccService.None> {

    /// SMCCC_VERSION.
    public static final FunctionId VERSION = FunctionId.fast32(0, 0);
    /// SMCCC_ARCH_FEATURES.
    public static final FunctionId ARCH_FEATURES = FunctionId.fast32(0, 1);

    /// Version 1.1: x4 to x17 keep their values over a call.
    private static final long VERSION_1_1 = 1 << 16 | 1;

    private static final long NOT_SUPPORTED = -1;
    private static final long IMPLEMENTED = 0;

    /// No state.
    public record None() {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "smccc",
                "1",
                List.of(
                        new Claim(FunctionId.fast32(0, 0), FunctionId.fast32(0, 0xffff)),
                        new Claim(FunctionId.fast64(0, 0), FunctionId.fast64(0, 0xffff))),
                List.of(
                        new Function(VERSION, "SMCCC_VERSION", List.of(), List.of()),
                        new Function(
                                ARCH_FEATURES,
                                "SMCCC_ARCH_FEATURES",
                                List.of("function"),
                                List.of(new ResultName(NOT_SUPPORTED, "NOT_SUPPORTED")))),
                List.of());
    }

    @Override
    public None start(ServiceContext context) {
        return new None();
    }

    @Override
    public Reply<None> apply(None state, ServiceCall call, GuestMemory memory) {
        FunctionId function = call.smccc().functionId();
        if (function.equals(VERSION)) {
            return Reply.x0(state, VERSION_1_1);
        }
        if (function.equals(ARCH_FEATURES)) {
            return Reply.x0(state, features(call));
        }
        return Reply.x0(state, NOT_SUPPORTED);
    }

    private static long features(ServiceCall call) {
        FunctionId asked = new FunctionId((int) call.smccc().argument(1));
        boolean known = asked.equals(VERSION) || asked.equals(ARCH_FEATURES);
        return known && call.reaches(asked) ? IMPLEMENTED : NOT_SUPPORTED;
    }
}

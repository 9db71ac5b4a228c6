package dev.trapline.firmware.ffa;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// The part of FF-A (DEN0077) that a guest's probe needs: FFA_VERSION, FFA_FEATURES and FFA_ID_GET. There are no
/// partitions. All other calls in its range, SMC32 and SMC64, return FFA_ERROR with NOT_SUPPORTED.
///
/// It is off by default, because a guest that gets a version expects partitions and buffers. When it is off,
/// FFA_VERSION returns NOT_SUPPORTED, and all other calls return FFA_ERROR with NOT_SUPPORTED.
public final class FfaService implements FirmwareService<FfaState> {

    /// The owner number of the standard secure services. FF-A is one of them.
    static final int OWNER = 4;

    private static final int FIRST = 0x60;
    private static final int LAST = 0x97;
    private static final int LAST_ENDPOINT = 0x7fff;
    private static final String VERSION = "version";
    private static final String ENDPOINT = "endpoint-id";

    @Override
    public ServiceDescriptor descriptor() {
        List<ResultName> results = List.of(
                new ResultName(FfaLogic.SUCCESS.value(), "FFA_SUCCESS"),
                new ResultName(FfaLogic.ERROR.value(), "FFA_ERROR"));
        return new ServiceDescriptor(
                "ffa",
                "2",
                List.of(
                        new Claim(FunctionId.fast32(OWNER, FIRST), FunctionId.fast32(OWNER, LAST)),
                        new Claim(FunctionId.fast64(OWNER, FIRST), FunctionId.fast64(OWNER, LAST))),
                List.of(
                        new Function(
                                FfaLogic.VERSION,
                                "FFA_VERSION",
                                List.of("version"),
                                List.of(new ResultName(FfaLogic.NOT_SUPPORTED, "NOT_SUPPORTED"))),
                        new Function(FfaLogic.FEATURES, "FFA_FEATURES", List.of("id", "input_properties"), results),
                        new Function(FfaLogic.ID_GET, "FFA_ID_GET", List.of(), results)),
                List.of(
                        new Setting(
                                VERSION,
                                FfaVersion.AUTO,
                                "the version: " + FfaVersion.texts()
                                        + "; auto is 1.1 where the toggle 'ffa' is set to on, and none otherwise"),
                        new Setting(ENDPOINT, "0", "the guest's own identifier, 0 to 32767")));
    }

    @Override
    public FfaState start(ServiceContext context) {
        return new FfaState(
                FfaVersion.of(context.setting(VERSION), context.askedFor()),
                endpoint(context.setting(ENDPOINT)),
                0,
                false);
    }

    @Override
    public boolean offers(FfaState initial, FunctionId function, GuestMemory memory) {
        return initial.version() != FfaVersion.NONE;
    }

    private static int endpoint(String text) {
        try {
            int endpoint = Integer.decode(text);
            if (endpoint >= 0 && endpoint <= LAST_ENDPOINT) {
                return endpoint;
            }
        } catch (NumberFormatException e) {
            // Not a number: reported below, like a number out of range.
        }
        throw new IllegalArgumentException("'" + ENDPOINT + "' takes 0 to " + LAST_ENDPOINT + ", not '" + text + "'");
    }

    @Override
    public Reply<FfaState> apply(FfaState state, ServiceCall call, GuestMemory memory) {
        return FfaLogic.apply(state, call);
    }
}

package dev.trapline.firmware.trng;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import java.util.Arrays;
import java.util.List;

/// TRNG 1.0 (DEN0098): VERSION, FEATURES, GET_UUID, RND32 (1 to 96 bits) and RND64 (1 to 192 bits).
///
/// The bits come from the machine's entropy source. They are drawn before the calls and recorded as an input, so that a
/// replay returns the same bits. RND32 and RND64 return NO_ENTROPY if the source has no more bits, and request new bits
/// for the next call.
public final class TrngService implements FirmwareService<TrngState> {

    /// The default identity.
    static final String DEFAULT_UUID = "5b0e7c36-9f41-4d2a-8c75-e1a4630d92bf";

    private static final int OWNER = 4;
    private static final int FIRST_NUMBER = 0x50;
    private static final int LAST_NUMBER = 0x5f;
    private static final String UUID = "uuid";

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "trng",
                "1",
                List.of(
                        new Claim(FunctionId.fast32(OWNER, FIRST_NUMBER), FunctionId.fast32(OWNER, LAST_NUMBER)),
                        new Claim(FunctionId.fast64(OWNER, FIRST_NUMBER), FunctionId.fast64(OWNER, LAST_NUMBER))),
                List.of(),
                Arrays.stream(TrngFunction.values())
                        .map(TrngFunction::described)
                        .toList(),
                List.of(new Setting(
                        UUID,
                        DEFAULT_UUID,
                        "the back end that TRNG_GET_UUID names; 32 hexadecimal digits, not beginning with ffffffff")),
                List.of(new KvmRegister.Bit(KvmRegister.Bitmap.STD_BMAP, 0)));
    }

    @Override
    public TrngState start(ServiceContext context) {
        return TrngState.empty(TrngUuid.of(context.setting(UUID)));
    }

    @Override
    public Reply<TrngState> apply(TrngState state, ServiceCall call, GuestMemory memory) {
        return TrngLogic.apply(state, call);
    }

    @Override
    public Reaction<TrngState> notice(TrngState state, MachineEvent event) {
        return TrngLogic.notice(state, event);
    }
}

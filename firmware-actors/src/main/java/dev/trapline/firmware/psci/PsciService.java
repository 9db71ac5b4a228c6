package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// PSCI 1.1 (DEN0022): VERSION, FEATURES, CPU_ON, CPU_OFF, AFFINITY_INFO, SYSTEM_OFF and SYSTEM_RESET. Its other
/// functions answer NOT_SUPPORTED.
public final class PsciService implements FirmwareService<PsciState> {

    private static final int LAST_FUNCTION = 0x1f;

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "psci",
                "1",
                List.of(
                        new Claim(
                                FunctionId.fast32(PsciFunction.OWNER, 0),
                                FunctionId.fast32(PsciFunction.OWNER, LAST_FUNCTION)),
                        new Claim(
                                FunctionId.fast64(PsciFunction.OWNER, 0),
                                FunctionId.fast64(PsciFunction.OWNER, LAST_FUNCTION))),
                PsciFunction.described(),
                List.of());
    }

    @Override
    public PsciState start(ServiceContext context) {
        return PsciState.initial(context.topology());
    }

    @Override
    public Reply<PsciState> apply(PsciState state, ServiceCall call, GuestMemory memory) {
        return PsciLogic.apply(state, call, memory);
    }
}

package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// PSCI (DEN0022): VERSION, FEATURES, CPU_ON, CPU_OFF, AFFINITY_INFO, SYSTEM_OFF and SYSTEM_RESET. Its other functions
/// answer NOT_SUPPORTED.
///
/// The version is the machine's choice, by the setting `version`. FEATURES is there from 1.0 on. Version 0.1 has no
/// identifiers of its own and answers CPU_OFF and CPU_ON alone, under those that KVM gives it (0x95C1BA5F, 0x95C1BA60),
/// with whole registers as arguments.
public final class PsciService implements FirmwareService<PsciState> {

    private static final int LAST_FUNCTION = 0x1f;
    private static final String VERSION = "version";

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
                                FunctionId.fast64(PsciFunction.OWNER, LAST_FUNCTION)),
                        new Claim(PsciFunction.FIRST_0_1, PsciFunction.LAST_0_1)),
                PsciFunction.described(),
                List.of(new Setting(
                        VERSION,
                        PsciVersion.AUTO,
                        "the version: " + PsciVersion.texts()
                                + "; auto is 1.1, and 0.2 where it is answered in place")));
    }

    @Override
    public PsciState start(ServiceContext context) {
        return PsciState.initial(context.topology(), PsciVersion.of(context.setting(VERSION), context.resident()));
    }

    @Override
    public Reply<PsciState> apply(PsciState state, ServiceCall call, GuestMemory memory) {
        return PsciLogic.apply(state, call, memory);
    }
}

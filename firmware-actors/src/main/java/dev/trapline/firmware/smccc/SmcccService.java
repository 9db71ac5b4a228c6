package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.List;

/// The SMC Calling Convention's own calls (DEN0028): those of the Arm Architecture owner, and the general queries of
/// the standard secure and standard hypervisor owners.
///
/// It claims the whole range of owner 0, so that it also answers the calls that it does not implement.
public final class SmcccService implements FirmwareService<SmcccConfig> {

    private static final int LAST_FUNCTION = 0xffff;

    @Override
    public ServiceDescriptor descriptor() {
        List<Claim> claims = new ArrayList<>(List.of(
                new Claim(
                        FunctionId.fast32(ArchFunction.OWNER, 0), FunctionId.fast32(ArchFunction.OWNER, LAST_FUNCTION)),
                new Claim(
                        FunctionId.fast64(ArchFunction.OWNER, 0),
                        FunctionId.fast64(ArchFunction.OWNER, LAST_FUNCTION))));
        claims.addAll(GeneralQuery.claims());
        List<Function> functions = new ArrayList<>(ArchFunction.described());
        functions.addAll(GeneralQuery.described());
        return new ServiceDescriptor("smccc", "3", claims, functions, SmcccConfig.settings());
    }

    @Override
    public SmcccConfig start(ServiceContext context) {
        return SmcccConfig.of(context);
    }

    @Override
    public boolean offers(SmcccConfig config, FunctionId function, GuestMemory memory) {
        return SmcccLogic.offers(config, function);
    }

    @Override
    public Reply<SmcccConfig> apply(SmcccConfig config, ServiceCall call, GuestMemory memory) {
        return Reply.of(config, SmcccLogic.answer(config, call));
    }
}

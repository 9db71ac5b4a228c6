package dev.trapline.firmware.exit;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// Lets a guest end its run with a status: vendor-hypervisor call `0xC6001000`, x1 = status; from AArch32
/// `0x86001000`, r1 = status.
///
/// A simple example of a custom service: it declares which calls it answers, and answers them. This service has no
/// state, so its state is a record without components. To add your own, write a class like this, name it in
/// `META-INF/services/dev.trapline.abi.firmware.FirmwareService`, and give the jar to `trapline run --plugin`.
public final class ExitService implements FirmwareService<ExitService.None> {

    /// EXIT: does not return. A fast SMC64 call of the vendor hypervisor's range (owner 6).
    public static final FunctionId EXIT = FunctionId.fast64(6, 0x1000);

    /// The same as an SMC32 call: the status has 32 bits.
    public static final FunctionId EXIT_32 = FunctionId.fast32(6, 0x1000);

    /// No state.
    public record None() {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(
                "exit",
                "2",
                List.of(Claim.of(EXIT), Claim.of(EXIT_32)),
                List.of(
                        new Function(EXIT, "EXIT", List.of("status"), List.of()),
                        new Function(EXIT_32, "EXIT", List.of("status"), List.of())),
                List.of());
    }

    @Override
    public None start(ServiceContext context) {
        return new None();
    }

    @Override
    public Reply<None> apply(None state, ServiceCall call, GuestMemory memory) {
        return Reply.of(state, new Effect.ExitRun(call.smccc().argument(1)));
    }
}

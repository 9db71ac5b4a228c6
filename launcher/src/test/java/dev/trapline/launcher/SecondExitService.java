package dev.trapline.launcher;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.List;

/// A service with a name that another service already has.
public final class SecondExitService implements FirmwareService<SecondExitService.None> {

    /// No state.
    public record None() {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor("exit", "2", List.of(), List.of(), List.of());
    }

    @Override
    public None start(ServiceContext context) {
        return new None();
    }

    @Override
    public Reply<None> apply(None state, ServiceCall call, GuestMemory memory) {
        return Reply.of(state);
    }
}

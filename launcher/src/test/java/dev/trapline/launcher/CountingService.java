package dev.trapline.launcher;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.math.BigInteger;
import java.util.List;

/// A service whose state cannot be converted to bytes. It is never called.
public final class CountingService implements FirmwareService<CountingService.Count> {

    /// The state.
    ///
    /// @param calls immutable, but of a type that cannot be written
    public record Count(BigInteger calls) {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor("counting", "1", List.of(), List.of(), List.of());
    }

    @Override
    public Count start(ServiceContext context) {
        return new Count(BigInteger.ZERO);
    }

    @Override
    public Reply<Count> apply(Count state, ServiceCall call, GuestMemory memory) {
        return Reply.of(new Count(state.calls().add(BigInteger.ONE)));
    }
}

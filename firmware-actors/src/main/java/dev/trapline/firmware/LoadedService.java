package dev.trapline.firmware;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;

/// A service with what it says of itself, asked once: a service is the user's own code, and what it says might differ
/// the next time.
///
/// @param <S> the service's state
public record LoadedService<S>(FirmwareService<S> service, ServiceDescriptor descriptor) {

    /// Asks a service what it is.
    ///
    /// @throws ServiceFailure naming its class, if it throws or says nothing
    public static <S> LoadedService<S> of(FirmwareService<S> service) {
        String name = service.getClass().getName();
        ServiceDescriptor descriptor;
        try {
            descriptor = service.descriptor();
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e, "when asked for its descriptor");
        }
        if (descriptor == null) {
            throw new ServiceFailure(name, "has no descriptor: it returned null", null);
        }
        return new LoadedService<>(service, descriptor);
    }

    /// The service's name.
    public String name() {
        return descriptor.name();
    }
}

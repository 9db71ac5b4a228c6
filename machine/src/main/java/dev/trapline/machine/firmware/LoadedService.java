package dev.trapline.machine.firmware;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.SharedMemory;
import dev.trapline.abi.firmware.TreePart;
import java.util.Optional;

/// A service with its descriptor, which is read only once: a service is the user's own code, and might return another
/// one the next time.
///
/// @param <S> the service's state
public record LoadedService<S>(FirmwareService<S> service, ServiceDescriptor descriptor) {

    /// Reads the descriptor of a service.
    ///
    /// @throws ServiceFailure that names its class, if it throws or returns null
    public static <S> LoadedService<S> of(FirmwareService<S> service) {
        String name = service.getClass().getName();
        ServiceDescriptor descriptor;
        try {
            descriptor = service.descriptor();
        } catch (Throwable e) {
            throw ServiceFailure.threw(name, e).failure("when asked for its descriptor");
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

    /// RAM that it may share with its guest: see [FirmwareService#sharedMemory].
    ///
    /// @throws ServiceFailure naming it, if it throws, returns nothing, or names memory that is not RAM
    public Optional<SharedMemory> sharedMemory(ServiceContext context, Width width, AddressRange ram) {
        Optional<SharedMemory> shared;
        try {
            shared = service.sharedMemory(context, width, ram);
        } catch (Throwable e) {
            throw ServiceFailure.threw(name(), e).failure("when asked for the memory that it shares");
        }
        if (shared == null) {
            throw new ServiceFailure(name(), "returned null when asked for the memory that it shares", null);
        }
        shared.map(SharedMemory::pages).filter(pages -> !ram.contains(pages)).ifPresent(pages -> {
            throw new ServiceFailure(name(), "shares " + pages + ", which is not all in RAM (" + ram + ")", null);
        });
        return shared;
    }

    /// Its part of the device tree: see [FirmwareService#deviceTree].
    ///
    /// @throws ServiceFailure naming it, if it throws, returns nothing, or gives what can stand in no tree
    public TreePart deviceTree(TreePart.Question question) {
        TreePart part;
        try {
            part = service.deviceTree(question);
        } catch (Throwable e) {
            throw ServiceFailure.threw(name(), e).failure("when asked for its part of the device tree");
        }
        if (part == null) {
            throw new ServiceFailure(name(), "returned null when asked for its part of the device tree", null);
        }
        try {
            TreePartCheck.require(part);
        } catch (IllegalArgumentException e) {
            throw new ServiceFailure(
                    name(), "gave a part of the device tree that cannot be used: " + e.getMessage(), null);
        }
        return part;
    }
}

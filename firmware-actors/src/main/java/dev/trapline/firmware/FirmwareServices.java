package dev.trapline.firmware;

import dev.trapline.abi.firmware.FirmwareService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// Finds firmware services.
public final class FirmwareServices {

    private FirmwareServices() {}

    /// All services named in `META-INF/services/dev.trapline.abi.firmware.FirmwareService` that a class loader
    /// sees, by name, so that the order does not depend on the class path.
    ///
    /// @throws java.util.ServiceConfigurationError if one of them cannot be made or described, naming it
    public static List<FirmwareService<?>> found(ClassLoader loader) {
        List<FirmwareService<?>> found = new ArrayList<>();
        ServiceLoader.load(FirmwareService.class, loader).forEach(service -> {
            check(service);
            found.add(service);
        });
        found.sort(Comparator.comparing(s -> s.descriptor().name()));
        return found;
    }

    private static void check(FirmwareService<?> service) {
        try {
            service.descriptor();
            // WIDE: a service is the user's own code.
        } catch (RuntimeException e) {
            throw new ServiceConfigurationError(service.getClass().getName() + " has no valid descriptor", e);
        }
    }

    /// All services on the class path.
    public static List<FirmwareService<?>> onClassPath() {
        return found(FirmwareServices.class.getClassLoader());
    }
}

package dev.trapline.firmware;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.machine.firmware.LoadedService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// Finds firmware services.
@SuppressWarnings("rawtypes") // A service is found by its class, which has no type arguments.
public final class FirmwareServices {

    private FirmwareServices() {}

    /// All services that the files `META-INF/services/dev.trapline.abi.firmware.FirmwareService` of a class loader
    /// name. They are sorted by name, so that the order does not depend on the class path.
    ///
    /// @throws ServiceConfigurationError if a file names something other than a service's class; its message names
    ///     it
    /// @throws ServiceFailure if a service cannot be created or described; its message names the class
    public static List<LoadedService<?>> load(ClassLoader loader) {
        List<LoadedService<?>> found = new ArrayList<>();
        for (ServiceLoader.Provider<FirmwareService> provider : providers(loader)) {
            found.add(LoadedService.of(make(provider)));
        }
        found.sort(Comparator.comparing(LoadedService::name));
        return found;
    }

    // A service's class is loaded here, which may run its static initializers.
    private static List<ServiceLoader.Provider<FirmwareService>> providers(ClassLoader loader) {
        try {
            return ServiceLoader.load(FirmwareService.class, loader).stream().toList();
        } catch (ServiceConfigurationError e) {
            throw e;
        } catch (Throwable e) {
            throw ServiceFailure.threw(FirmwareService.class.getName(), e)
                    .failure("when the classes of services were searched");
        }
    }

    private static FirmwareService<?> make(ServiceLoader.Provider<FirmwareService> provider) {
        try {
            return provider.get();
        } catch (ServiceConfigurationError e) {
            throw failed(provider, e.getCause() == null ? e : e.getCause());
        } catch (Throwable e) {
            throw failed(provider, e);
        }
    }

    private static ServiceFailure failed(ServiceLoader.Provider<FirmwareService> provider, Throwable thrown) {
        return ServiceFailure.threw(provider.type().getName(), thrown).failure("in its constructor");
    }

    /// The services that [#load] finds, without their descriptors.
    public static List<FirmwareService<?>> found(ClassLoader loader) {
        List<FirmwareService<?>> found = new ArrayList<>();
        load(loader).forEach(loaded -> found.add(loaded.service()));
        return found;
    }

    /// All services on the class path.
    public static List<FirmwareService<?>> onClassPath() {
        return found(FirmwareServices.class.getClassLoader());
    }
}

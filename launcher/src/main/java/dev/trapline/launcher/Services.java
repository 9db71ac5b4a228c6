package dev.trapline.launcher;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.firmware.FirmwareServices;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.TreeMap;
import java.util.jar.JarFile;

/// Every firmware service that this process has: Trapline's own and those of the plugins.
///
/// @param all in the order of their names
record Services(List<FirmwareService<?>> all) {

    private static final String ENTRY = "META-INF/services/" + FirmwareService.class.getName();

    Services {
        all = List.copyOf(all);
    }

    /// Looks for services.
    ///
    /// @param plugins JAR files; their classes stay loaded until the process ends
    /// @throws CommandException if a plugin is none, a service cannot be made, or two have the same name
    static Services load(List<Path> plugins) {
        plugins.forEach(Services::check);
        List<FirmwareService<?>> found;
        try {
            found = FirmwareServices.found(loader(plugins));
        } catch (ServiceConfigurationError | LinkageError e) {
            String cause = e.getCause() == null ? "" : " (" + e.getCause() + ")";
            throw CommandException.usage("a firmware service cannot be loaded: " + e.getMessage() + cause, e);
        }
        Map<String, FirmwareService<?>> byName = new TreeMap<>();
        for (FirmwareService<?> service : found) {
            FirmwareService<?> other = byName.put(service.descriptor().name(), service);
            if (other != null) {
                throw CommandException.usage("two firmware services are named '"
                        + service.descriptor().name() + "': " + origin(other) + " and " + origin(service)
                        + "; leave one of them out");
            }
        }
        return new Services(found);
    }

    /// What they are.
    List<ServiceDescriptor> descriptors() {
        List<ServiceDescriptor> descriptors = new ArrayList<>();
        all.forEach(service -> descriptors.add(service.descriptor()));
        return descriptors;
    }

    private static void check(Path plugin) {
        if (!Files.isRegularFile(plugin) || !Files.isReadable(plugin)) {
            throw CommandException.usage(
                    "plugin " + plugin + ": " + (Files.exists(plugin) ? "not a readable file" : "no such file"));
        }
        try (JarFile jar = new JarFile(plugin.toFile())) {
            if (jar.getEntry(ENTRY) == null) {
                throw CommandException.usage("plugin " + plugin + " has no firmware service: it lacks " + ENTRY
                        + ", which names its classes");
            }
        } catch (IOException e) {
            throw CommandException.usage("plugin " + plugin + " is not a JAR file: " + e.getMessage(), e);
        }
    }

    private static ClassLoader loader(List<Path> plugins) {
        ClassLoader own = Services.class.getClassLoader();
        if (plugins.isEmpty()) {
            return own;
        }
        List<URL> urls = new ArrayList<>();
        for (Path plugin : plugins) {
            try {
                urls.add(plugin.toUri().toURL());
            } catch (MalformedURLException e) {
                throw CommandException.usage("plugin " + plugin + ": " + e.getMessage(), e);
            }
        }
        return new URLClassLoader("plugins", urls.toArray(URL[]::new), own);
    }

    private static String origin(FirmwareService<?> service) {
        Class<?> type = service.getClass();
        var source = type.getProtectionDomain().getCodeSource();
        return type.getName()
                + (source == null
                        ? ""
                        : " in " + Path.of(source.getLocation().getPath()).getFileName());
    }
}

package dev.trapline.launcher.process;

import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.machine.firmware.LoadedService;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/// All firmware services of this process: Trapline's own and those of plugins.
///
/// @param loaded in the order of their names
/// @param plugins the plugin of each class that a plugin names
public record Services(List<LoadedService<?>> loaded, SortedMap<String, Path> plugins) {

    private static final String ENTRY = "META-INF/services/" + FirmwareService.class.getName();

    /// The name of the class loader for all plugins.
    private static final String PLUGINS = "plugins";

    /// The names of all loaded services, by class name.
    private static final Map<String, String> NAMES = new ConcurrentSkipListMap<>();

    public Services {
        loaded = List.copyOf(loaded);
        plugins = Collections.unmodifiableSortedMap(plugins);
    }

    /// Loads the services.
    ///
    /// @param plugins JAR files; their classes stay loaded until the process ends
    /// @throws CommandException if a file is not a plugin, a class that it names is missing, or two services have
    ///     the same name
    /// @throws dev.trapline.abi.firmware.ServiceFailure if a service's constructor or descriptor fails
    public static Services load(List<Path> plugins) {
        SortedMap<String, Path> classes = new TreeMap<>();
        plugins.forEach(plugin -> check(plugin, classes));
        List<LoadedService<?>> found;
        try {
            found = FirmwareServices.load(loader(plugins));
        } catch (ServiceConfigurationError e) {
            String cause = e.getCause() == null ? "" : " (" + e.getCause() + ")";
            throw CommandException.usage("a firmware service cannot be loaded: " + e.getMessage() + cause, e);
        }
        for (LoadedService<?> service : found) {
            NAMES.put(service.service().getClass().getName(), service.name());
            MemoryWatch.know(service.name());
        }
        Map<String, LoadedService<?>> byName = new TreeMap<>();
        for (LoadedService<?> service : found) {
            LoadedService<?> other = byName.put(service.name(), service);
            if (other != null) {
                throw CommandException.usage("two firmware services are named '" + service.name() + "': "
                        + origin(other.service()) + " and " + origin(service.service()) + "; leave one of them out");
            }
        }
        return new Services(found, classes);
    }

    /// The name of the service to which a class belongs; the class's name if the service has not told its own yet.
    static String nameOf(String type) {
        int nested = type.indexOf('$');
        String outer = nested < 0 ? type : type.substring(0, nested);
        return NAMES.getOrDefault(type, NAMES.getOrDefault(outer, type));
    }

    /// Whether a class belongs to a service or to a plugin.
    static boolean isForeign(StackTraceElement frame) {
        String type = frame.getClassName();
        return PLUGINS.equals(frame.getClassLoaderName()) || !nameOf(type).equals(type);
    }

    /// The services themselves.
    public List<FirmwareService<?>> all() {
        List<FirmwareService<?>> all = new ArrayList<>();
        loaded.forEach(service -> all.add(service.service()));
        return all;
    }

    /// Their descriptors.
    public List<ServiceDescriptor> descriptors() {
        List<ServiceDescriptor> descriptors = new ArrayList<>();
        loaded.forEach(service -> descriptors.add(service.descriptor()));
        return descriptors;
    }

    /// The names of the services of each plugin.
    public SortedMap<Path, SortedSet<String>> ofPlugins() {
        SortedMap<Path, SortedSet<String>> names = new TreeMap<>();
        for (LoadedService<?> service : loaded) {
            Path plugin = plugins.get(service.service().getClass().getName());
            if (plugin != null) {
                names.computeIfAbsent(plugin, _ -> new TreeSet<>()).add(service.name());
            }
        }
        return names;
    }

    // All plugins share one class loader. Of two classes with the same name it would silently use the first.
    private static void check(Path plugin, Map<String, Path> classes) {
        requireFile(plugin);
        try (JarFile jar = new JarFile(plugin.toFile())) {
            ZipEntry entry = jar.getEntry(ENTRY);
            if (entry == null) {
                throw CommandException.usage("plugin " + plugin + " has no firmware service: it lacks " + ENTRY
                        + ", which names its classes");
            }
            for (String name : names(new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8))) {
                Path other = classes.put(name, plugin);
                if (other != null) {
                    throw CommandException.usage("plugins " + other + " and " + plugin + " both have a service class "
                            + name + ": rename one of the classes, or leave one of the plugins out");
                }
            }
        } catch (IOException e) {
            throw CommandException.usage("plugin " + plugin + " is not a JAR file: " + e.getMessage(), e);
        }
    }

    private static void requireFile(Path plugin) {
        FileKind kind;
        try {
            kind = FileKind.of(plugin);
        } catch (IOException e) {
            throw CommandException.usage("plugin " + plugin + ": " + WriteFailure.reason(e), e);
        }
        if (kind == FileKind.NOTHING) {
            throw CommandException.usage("plugin " + plugin + ": no such file");
        }
        if (kind != FileKind.REGULAR) {
            throw CommandException.usage("plugin " + plugin + " " + kind.words() + ": give a JAR file");
        }
        if (!Files.isReadable(plugin)) {
            throw CommandException.usage(
                    "plugin " + plugin + ": permission denied; make the file readable for you (chmod u+r)");
        }
    }

    private static List<String> names(String entry) {
        return entry.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    private static ClassLoader loader(List<Path> plugins) {
        ClassLoader own = PreparedResources.loader();
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
        return new URLClassLoader(PLUGINS, urls.toArray(URL[]::new), own);
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

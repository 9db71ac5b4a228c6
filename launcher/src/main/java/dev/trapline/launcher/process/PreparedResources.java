package dev.trapline.launcher.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/// Finds resources that many jars may have, without opening any: what [dev.trapline.launcher.PrepareCommand] found of
/// them, it wrote to a directory. Everything else comes from the class path, and every class.
public final class PreparedResources extends ClassLoader {

    private static final String PROPERTY = "trapline.prepared";

    static {
        // Threads of the actor system and of the command load classes through it at the same time: none is to hold a
        // lock on all of it meanwhile.
        registerAsParallelCapable();
    }

    private final Path directory;

    private PreparedResources(Path directory, ClassLoader parent) {
        super("prepared", parent);
        this.directory = directory;
    }

    /// The class path, with what `./trapline` has prepared in front of it.
    static ClassLoader loader() {
        String prepared = System.getProperty(PROPERTY);
        return prepared == null ? PreparedResources.class.getClassLoader() : in(Path.of(prepared));
    }

    /// The class path, with a directory in front of it, which need not be there.
    public static ClassLoader in(Path directory) {
        return new PreparedResources(directory, PreparedResources.class.getClassLoader());
    }

    @Override
    public @Nullable URL getResource(String name) {
        Path file = directory.resolve(name);
        return Files.exists(file) ? url(file) : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file)
                ? Collections.enumeration(Collections.singleton(url(file)))
                : super.getResources(name);
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException("no file can be named by a URL", e);
        }
    }
}

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

/// Finds resources that many jars may contain, without opening the jars: [dev.trapline.launcher.PrepareCommand] wrote
/// them to a directory. All classes and all other resources come from the class path.
public final class PreparedResources extends ClassLoader {

    private static final String PROPERTY = "trapline.prepared";

    static {
        // Threads of the actor system and of the command load classes through it at the same time, so loading must not
        // lock the whole loader.
        registerAsParallelCapable();
    }

    private final Path directory;

    private PreparedResources(Path directory, ClassLoader parent) {
        super("prepared", parent);
        this.directory = directory;
    }

    /// The class path, preceded by the directory that `./trapline` prepared.
    static ClassLoader loader() {
        String prepared = System.getProperty(PROPERTY);
        return prepared == null ? PreparedResources.class.getClassLoader() : in(Path.of(prepared));
    }

    /// The class path, preceded by a directory, which need not exist.
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

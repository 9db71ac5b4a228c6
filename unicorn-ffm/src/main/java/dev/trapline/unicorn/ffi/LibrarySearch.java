package dev.trapline.unicorn.ffi;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The places where the native library is searched for, in this order.
///
/// @param named a file that the configuration names; if it is given, no other place is searched
/// @param system files of the system's package; the first that exists is used
/// @param cache the directory into which the copy inside the Maven artefact is extracted, if no other is found
public record LibrarySearch(@Nullable Path named, List<Path> system, Path cache) {

    private static final List<String> LINUX_DIRECTORIES = List.of(
            "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/lib64",
            "/lib");
    private static final List<String> MAC_DIRECTORIES = List.of("/opt/homebrew/lib", "/usr/local/lib");

    public LibrarySearch {
        system = List.copyOf(system);
    }

    /// The usual places of this platform, and a cache directory in the user's home.
    ///
    /// @param named a file that the configuration names, or null for none
    public static LibrarySearch standard(@Nullable Path named) {
        return new LibrarySearch(named, systemPlaces(), standardCache());
    }

    /// The same search without the system's files: if no file is named, only the copy inside the Maven artefact is
    /// used.
    public LibrarySearch withoutSystem() {
        return new LibrarySearch(named, List.of(), cache);
    }

    private static List<Path> systemPlaces() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<Path> places = new ArrayList<>();
        if (os.contains("linux")) {
            for (String directory : LINUX_DIRECTORIES) {
                places.add(Path.of(directory, "libunicorn.so.2"));
            }
        } else if (os.contains("mac")) {
            for (String directory : MAC_DIRECTORIES) {
                places.add(Path.of(directory, "libunicorn.2.dylib"));
            }
        }
        return places;
    }

    private static Path standardCache() {
        return Path.of(System.getProperty("user.home", "."), ".cache", "trapline", "native");
    }
}

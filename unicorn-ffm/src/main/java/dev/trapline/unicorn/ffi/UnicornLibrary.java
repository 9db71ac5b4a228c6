package dev.trapline.unicorn.ffi;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.file.BoundedFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;

/// A loaded Unicorn library, version 2, with both Arm architectures. It stays loaded until the process ends.
public final class UnicornLibrary {

    private static final int MAJOR = 2;
    private static final String TAKE_ANOTHER =
            "use an unchanged build of version 2.0.1 or 2.1 (engine.library, --library)";

    private static final String ELF = "7f454c46";
    private static final String MACH_O = "cffaedfe";
    private static final String UNIVERSAL = "cafebabe";
    private static final String PE = "4d5a";

    private final Path file;
    private final EngineLibrary identity;
    private final NativeCalls calls;
    private final SymbolLookup symbols;

    private UnicornLibrary(Path file, EngineLibrary identity, NativeCalls calls, SymbolLookup symbols) {
        this.file = file;
        this.identity = identity;
        this.symbols = symbols;
        this.calls = calls;
    }

    /// Finds and loads a library.
    ///
    /// @throws EngineException if none is found, or the one found cannot be used; the message names the file, and
    ///     says what to do
    public static UnicornLibrary load(LibrarySearch search) {
        Path named = search.named();
        if (named != null) {
            requireFile(named);
            return open(search, named, "named by configuration: " + named);
        }
        List<String> lookedAt = new ArrayList<>();
        for (Path place : search.system()) {
            if (Files.isRegularFile(place)) {
                return open(search, place, "of the system: " + place);
            }
            lookedAt.add(place.toString());
        }
        if (BundledLibrary.isPresent()) {
            Path extracted = BundledLibrary.extract(search.cache());
            return open(search, extracted, "of the Maven artefact " + BundledLibrary.ARTEFACT + ": " + extracted);
        }
        lookedAt.add("the Maven artefact " + BundledLibrary.ARTEFACT
                + BundledLibrary.resource().map(name -> " (" + name + ")").orElse(" (nothing for this platform)"));
        throw new EngineException("no Unicorn library found; looked at " + String.join(", ", lookedAt)
                + "; install the package libunicorn2, or name the library's file by configuration");
    }

    private static void requireFile(Path named) {
        String wrong;
        try {
            BoundedFile.requireRegular(named, BoundedFile.Links.FOLLOWED);
            wrong = Files.isReadable(named) ? "" : "cannot be read: permission denied";
        } catch (IOException e) {
            wrong = BoundedFile.reason(e);
        }
        if (!wrong.isEmpty()) {
            throw new EngineException(named + ", which configuration names as the Unicorn library, " + wrong
                    + "; correct the path, or leave it out");
        }
    }

    private static UnicornLibrary open(LibrarySearch search, Path file, String origin) {
        NativeCalls calls;
        SymbolLookup symbols;
        if (!isBinary(file)) {
            throw new EngineException(notLoadable(file));
        }
        try {
            symbols = LibraryOpening.open(file);
            calls = new NativeCalls(symbols);
        } catch (IllegalArgumentException e) {
            throw new EngineException(notLoadable(file), e);
        } catch (NoSuchElementException e) {
            throw new EngineException(file + " is a shared library, but not Unicorn 2: " + e.getMessage(), e);
        }
        String version = checkedVersion(calls, file);
        for (int arch : new int[] {UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_ARCH_ARM}) {
            if (!calls.archSupported(arch)) {
                throw new EngineException(file + " was built without "
                        + (arch == UnicornConstants.UC_ARCH_ARM64 ? "AArch64" : "AArch32")
                        + "; install a complete Unicorn 2, such as the package libunicorn2");
            }
        }
        EngineLibrary identity = new EngineLibrary("Unicorn", version, hash(file, search), origin);
        return new UnicornLibrary(file, identity, calls, symbols);
    }

    /// Whether a file begins like the libraries of a known platform. Other files are not passed to the system,
    /// because the JVM would print a warning about their stack on standard output.
    private static boolean isBinary(Path file) {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(4);
        } catch (IOException e) {
            throw new EngineException("cannot read " + file, e);
        }
        String magic = HexFormat.of().formatHex(head);
        return magic.equals(ELF) || magic.equals(MACH_O) || magic.equals(UNIVERSAL) || magic.startsWith(PE);
    }

    private static String notLoadable(Path file) {
        return file + " is not a shared library that this process can load; it needs Unicorn 2 for " + Host.current();
    }

    private static String checkedVersion(NativeCalls calls, Path file) {
        // SAFETY: uc_version accepts null for both of its out parameters.
        int packed = calls.version(0, 0);
        String version = ((packed >>> 24) & 0xff) + "." + ((packed >>> 16) & 0xff) + "." + ((packed >>> 8) & 0xff);
        if (((packed >>> 24) & 0xff) != MAJOR) {
            throw new EngineException(file + " is Unicorn " + version + "; Trapline needs version " + MAJOR);
        }
        return version;
    }

    private static String hash(Path file, LibrarySearch search) {
        try {
            return LibraryHash.of(file, search.cache());
        } catch (IOException e) {
            throw new EngineException("cannot read " + file + " to hash it", e);
        }
    }

    /// The error that this build differs from all known builds.
    ///
    /// @param what how it differs, as a sentence without a subject
    public EngineException unknown(String what) {
        return new EngineException(
                "Unicorn " + identity.version() + ", " + identity.origin() + ", " + what + "; " + TAKE_ANOTHER);
    }

    /// The error that this build cannot be used at all.
    ///
    /// @param why names the cause
    public EngineException unusable(EngineException why) {
        return new EngineException(
                file + " says that it is Unicorn " + identity.version() + ", but cannot be used: " + why.getMessage()
                        + "; " + TAKE_ANOTHER,
                why);
    }

    /// Identifies the library in recordings.
    public EngineLibrary identity() {
        return identity;
    }

    NativeCalls calls() {
        return calls;
    }

    /// The same library, whose symbols are looked up in another way.
    public UnicornLibrary withSymbols(SymbolLookup others) {
        return new UnicornLibrary(file, identity, calls, others);
    }

    /// The address of a symbol that the library exports.
    ///
    /// @throws EngineException if it does not
    public long symbol(String name) {
        return symbols.find(name)
                .map(MemorySegment::address)
                .orElseThrow(() -> new EngineException("the library does not export " + name));
    }
}

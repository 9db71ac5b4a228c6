package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.file.BoundedFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A loaded Unicorn library, version 2, with both Arm architectures. It stays loaded until the process ends.
public final class UnicornLibrary {

    private static final int MAJOR = 2;
    private static final String TAKE_ANOTHER =
            "use an unchanged build of version 2.0.1 or 2.1 (engine.library, --library)";

    private static final String ELF = "7f454c46";
    private static final String MACH_O = "cffaedfe";
    private static final String UNIVERSAL = "cafebabe";
    private static final String PE = "4d5a";

    private final EngineLibrary identity;
    private final NativeCalls calls;
    private final SymbolLookup symbols;
    private final CpuStateLayout layoutA64;
    private final CpuStateLayout layoutA32;
    private @Nullable InstanceLayout instanceLayout;
    private @Nullable SwitchLayout switchLayout;
    private @Nullable Aarch32StateLayout aarch32State;
    private boolean searchedAarch32;
    private @Nullable ImageLayout imageLayout;
    private boolean cpuLookedFor;
    private @Nullable CpuLayout cpuLayout;
    private final Map<Integer, Optional<CodeBuffer>> codeBuffers = new TreeMap<>();

    private UnicornLibrary(EngineLibrary identity, NativeCalls calls, SymbolLookup symbols) {
        this.identity = identity;
        this.symbols = symbols;
        this.calls = calls;
        this.layoutA64 = CpuStateLayout.calibrateA64(this);
        this.layoutA32 = CpuStateLayout.calibrateA32(this);
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
        try {
            return new UnicornLibrary(identity, calls, symbols);
        } catch (EngineException e) {
            throw new EngineException(
                    file + " says that it is Unicorn " + version + ", but cannot be used: " + e.getMessage() + "; "
                            + TAKE_ANOTHER,
                    e);
        }
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
    EngineException unknown(String what) {
        return new EngineException(
                "Unicorn " + identity.version() + ", " + identity.origin() + ", " + what + "; " + TAKE_ANOTHER);
    }

    /// Identifies the library in recordings.
    public EngineLibrary identity() {
        return identity;
    }

    NativeCalls calls() {
        return calls;
    }

    /// The layout of an instance. The first call finds it, which takes a few milliseconds.
    synchronized InstanceLayout instanceLayout() {
        InstanceLayout known = instanceLayout;
        if (known == null) {
            known = InstanceLayout.calibrate(this);
            instanceLayout = known;
        }
        return known;
    }

    /// The layout of the state that an exception entry changes and no register shows. The first call finds it,
    /// which takes a few milliseconds.
    synchronized SwitchLayout switchLayout() {
        SwitchLayout known = switchLayout;
        if (known == null) {
            known = SwitchLayout.calibrate(this);
            switchLayout = known;
        }
        return known;
    }

    /// The layout of AArch32 state of an AArch64 CPU; null if it is not known. The first call finds it, which takes
    /// a few milliseconds.
    synchronized @Nullable Aarch32StateLayout aarch32State() {
        if (!searchedAarch32) {
            searchedAarch32 = true;
            aarch32State = Aarch32StateLayout.calibrate(this);
        }
        return aarch32State;
    }

    /// The parts of a CPU's image that belong to the host. The first call finds them, which takes a few
    /// milliseconds.
    synchronized ImageLayout imageLayout() {
        ImageLayout known = imageLayout;
        if (known == null) {
            known = ImageLayout.calibrate(this);
            imageLayout = known;
        }
        return known;
    }

    /// The layout of the CPU of AArch64 instances. The first call finds it, which takes a few milliseconds.
    ///
    /// @return empty if it is not known
    synchronized Optional<CpuLayout> cpuLayout() {
        if (!cpuLookedFor) {
            cpuLookedFor = true;
            cpuLayout = findCpu();
        }
        return Optional.ofNullable(cpuLayout);
    }

    /// Keeps the layout of the CPU, so that it need not be looked for again.
    synchronized void know(CpuLayout found) {
        cpuLookedFor = true;
        cpuLayout = found;
    }

    private @Nullable CpuLayout findCpu() {
        try {
            return FastStores.layout(this, symbols);
        } catch (EngineException e) {
            return null;
        }
    }

    /// Tests shortcuts with this library.
    ///
    /// @param wanted those that may be used
    public Shortcuts shortcuts(Set<Shortcut> wanted) {
        return Shortcuts.of(this, symbols, wanted, Host.current());
    }

    /// Where instances of one architecture keep how full their buffer of translated code is. The first call finds
    /// it, which takes a few milliseconds.
    ///
    /// @param arch the `UC_ARCH_` number
    /// @return empty if it is not found in this build
    synchronized Optional<CodeBuffer> codeBuffer(int arch) {
        return codeBuffers.computeIfAbsent(arch, _ -> CodeBuffer.calibrate(this, arch));
    }

    CpuStateLayout layoutA64() {
        return layoutA64;
    }

    CpuStateLayout layoutA32() {
        return layoutA32;
    }
}

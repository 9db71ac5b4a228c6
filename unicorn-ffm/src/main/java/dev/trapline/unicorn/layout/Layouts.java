package dev.trapline.unicorn.layout;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Where one library keeps what its interface does not show. The position of a CPU's last exception is looked for at
/// once; every other layout by the first call that asks for it, which takes a few milliseconds. Threads may share it.
public final class Layouts {

    private final UnicornLibrary library;
    private final CpuStateLayout stateA64;
    private final CpuStateLayout stateA32;
    private @Nullable InstanceLayout instance;
    private @Nullable SwitchLayout switching;
    private @Nullable Aarch32StateLayout aarch32State;
    private boolean searchedAarch32;
    private @Nullable ImageLayout image;
    private @Nullable CpuLayout cpu;
    private @Nullable EngineException noCpu;
    private final Map<Integer, Optional<CodeBuffer>> codeBuffers = new TreeMap<>();

    private Layouts(UnicornLibrary library) {
        this.library = library;
        this.stateA64 = CpuStateLayout.calibrateA64(library);
        this.stateA32 = CpuStateLayout.calibrateA32(library);
    }

    /// The layouts of a library.
    ///
    /// @throws EngineException if it cannot be used
    public static Layouts of(UnicornLibrary library) {
        try {
            return new Layouts(library);
        } catch (EngineException e) {
            throw library.unusable(e);
        }
    }

    /// The library itself.
    public UnicornLibrary library() {
        return library;
    }

    /// The position of the last exception of an AArch64 CPU.
    public CpuStateLayout stateA64() {
        return stateA64;
    }

    /// The position of the last exception of an AArch32 CPU.
    public CpuStateLayout stateA32() {
        return stateA32;
    }

    /// The layout of an instance.
    public synchronized InstanceLayout instance() {
        InstanceLayout known = instance;
        if (known == null) {
            known = InstanceLayout.calibrate(library);
            instance = known;
        }
        return known;
    }

    /// The layout of the state that an exception entry changes and no register shows.
    public synchronized SwitchLayout switching() {
        SwitchLayout known = switching;
        if (known == null) {
            known = SwitchLayout.calibrate(library);
            switching = known;
        }
        return known;
    }

    /// The layout of AArch32 state of an AArch64 CPU; null if it is not known.
    public synchronized @Nullable Aarch32StateLayout aarch32State() {
        if (!searchedAarch32) {
            searchedAarch32 = true;
            aarch32State = Aarch32StateLayout.calibrate(library, switching());
        }
        return aarch32State;
    }

    /// The parts of a CPU's image that belong to the host.
    public synchronized ImageLayout image() {
        ImageLayout known = image;
        if (known == null) {
            known = ImageLayout.calibrate(library);
            image = known;
        }
        return known;
    }

    /// The layout of the CPU of AArch64 instances; empty if it is not known.
    public synchronized Optional<CpuLayout> cpu() {
        if (cpu == null && noCpu == null) {
            try {
                cpu = CpuLayout.find(library);
            } catch (EngineException e) {
                noCpu = e;
            }
        }
        return Optional.ofNullable(cpu);
    }

    /// The layout of the CPU of AArch64 instances.
    ///
    /// @throws EngineException if it is not known; the message is a reason that follows the library's name
    public synchronized CpuLayout requiredCpu() {
        return cpu().orElseThrow(() -> Objects.requireNonNull(noCpu));
    }

    /// Where instances of one architecture keep how full their buffer of translated code is.
    ///
    /// @param arch the `UC_ARCH_` number
    /// @return empty if it is not found in this build
    public synchronized Optional<CodeBuffer> codeBuffer(int arch) {
        return codeBuffers.computeIfAbsent(arch, _ -> CodeBuffer.calibrate(library, arch));
    }
}

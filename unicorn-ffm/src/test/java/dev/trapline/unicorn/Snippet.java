package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A few instructions on one or more engines that share a megabyte of RAM at [#BASE], flash and a device.
///
/// ```java
/// try (Snippet guest = Snippet.a64("mov x0, #7; hvc #1")) {
///     Exit exit = guest.run(100);
///     assertThat(guest.x(0)).isEqualTo(7);
/// }
/// ```
public final class Snippet implements AutoCloseable {

    /// The address of RAM and of the code.
    public static final long BASE = BoardSpec.RAM_BASE;

    /// The size of RAM in bytes.
    public static final long SIZE = 1 << 20;

    /// The address of read-only memory: one page.
    public static final long FLASH = 0x10_0000;

    /// The address of the device, if there is one: one page.
    public static final long DEVICE = BoardSpec.UART_BASE;

    private static final int MAX_SLICE = 1_000_000;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ram = arena.allocate(SIZE, MemoryMap.PAGE);
    private final MemorySegment flash = arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
    private final List<Engine> engines = new ArrayList<>();
    private final EngineFactory factory;
    private final Width width;
    private final CpuModel model;
    private final boolean failedCalls;
    private final @Nullable CpuWiring wiring;
    private final MemoryMap memory;

    private Snippet(EngineFactory factory, Width width, CpuModel model, List<MmioDevice> devices, byte[] code) {
        this(factory, width, model, devices, code, false, null);
    }

    private Snippet(
            EngineFactory factory,
            Width width,
            CpuModel model,
            List<MmioDevice> devices,
            byte[] code,
            boolean failedCalls,
            @Nullable CpuWiring wiring) {
        this.wiring = wiring;
        this.failedCalls = failedCalls;
        this.factory = factory;
        this.width = width;
        this.model = model;
        List<MemoryMap.Region> regions = new ArrayList<>();
        regions.add(new MemoryMap.Memory(FLASH, flash, false));
        for (MmioDevice device : devices) {
            regions.add(new MemoryMap.Device(DEVICE, MemoryMap.PAGE, device));
        }
        regions.add(new MemoryMap.Memory(BASE, ram, true));
        this.memory = new MemoryMap(regions);
        write(BASE, code);
        open();
    }

    /// A64 code on one engine.
    public static Snippet a64(String source) {
        return with(engines(), CpuModel.CORTEX_A57, Assembler.a64(source));
    }

    /// A64 machine code on one engine of a model, of a library.
    public static Snippet with(EngineFactory factory, CpuModel model, byte[] code) {
        return new Snippet(factory, Width.AARCH64, model, List.of(), code);
    }

    /// A64 code on one engine that sees a device at [#DEVICE].
    public static Snippet withDevice(MmioDevice device, String source) {
        return new Snippet(engines(), Width.AARCH64, CpuModel.CORTEX_A57, List.of(device), Assembler.a64(source));
    }

    /// The same on one engine of a library, with its shortcuts.
    public static Snippet withDevice(EngineFactory factory, MmioDevice device, String source) {
        return new Snippet(factory, Width.AARCH64, CpuModel.CORTEX_A57, List.of(device), Assembler.a64(source));
    }

    /// A64 code on one wired engine that sees a device at [#DEVICE].
    public static Snippet wired(EngineFactory factory, CpuWiring wiring, MmioDevice device, String source) {
        return new Snippet(
                factory, Width.AARCH64, CpuModel.CORTEX_A57, List.of(device), Assembler.a64(source), false, wiring);
    }

    /// AArch32 machine code on one wired engine that sees a device at [#DEVICE].
    public static Snippet aarch32Wired(EngineFactory factory, CpuWiring wiring, MmioDevice device, byte[] code) {
        return new Snippet(factory, Width.AARCH32, CpuModel.CORTEX_A57, List.of(device), code, false, wiring);
    }

    /// AArch32 machine code on one engine.
    public static Snippet aarch32(EngineFactory factory, byte[] code) {
        return new Snippet(factory, Width.AARCH32, CpuModel.CORTEX_A57, List.of(), code);
    }

    /// The same on one engine that sees a device at [#DEVICE].
    public static Snippet aarch32WithDevice(EngineFactory factory, MmioDevice device, byte[] code) {
        return new Snippet(factory, Width.AARCH32, CpuModel.CORTEX_A57, List.of(device), code);
    }

    /// AArch32 machine code on one engine that exports calls that fail their condition check.
    public static Snippet aarch32WithFailedCalls(EngineFactory factory, byte[] code) {
        return new Snippet(factory, Width.AARCH32, CpuModel.CORTEX_A57, List.of(), code, true, null);
    }

    /// Engines of the library that a run finds without configuration.
    public static UnicornEngines engines() {
        return Standard.ENGINES;
    }

    /// Engines of the copy inside the Maven artefact.
    public static UnicornEngines bundledEngines() {
        return Bundled.ENGINES;
    }

    private static final class Standard {
        static final UnicornEngines ENGINES = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));
    }

    private static final class Bundled {
        static final UnicornEngines ENGINES = new UnicornEngines(
                UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem()));
    }

    /// Opens one more engine on the same memory, at the beginning of the code.
    ///
    /// @return its index
    public int open() {
        int index = engines.size();
        Mpidr mpidr = Mpidr.of(new VcpuId(index), Mpidr.MAX_CLUSTER);
        Engine engine = factory.open(new EngineSpec(model, width, mpidr, memory, failedCalls, wiring));
        engine.writePc(BASE);
        engines.add(engine);
        return index;
    }

    /// The first engine.
    public Engine engine() {
        return engine(0);
    }

    public Engine engine(int index) {
        return engines.get(index);
    }

    /// Runs the first engine for one slice, at virtual time 0.
    public Exit run(long budget) {
        return engine().run(budget, 0, 0);
    }

    /// Runs the first engine until something other than the budget ends a slice.
    public Exit run() {
        return run(MAX_SLICE);
    }

    /// All general registers of the first engine.
    /// Runs instructions in slices of one length, each of which uses its budget up.
    ///
    /// @param instructions all of them
    public void runInSlices(long instructions, long length) {
        Engine engine = engine();
        long shown = 0;
        for (long now = 0; now < instructions; now += length) {
            long budget = Math.min(length, instructions - now);
            assertThat(engine.run(budget, now, shown)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(engine.executed()).isEqualTo(budget);
            shown = engine.shown();
        }
    }

    public long[] registers() {
        return registers(0);
    }

    public long[] registers(int index) {
        long[] into = new long[GeneralRegisters.COUNT];
        engine(index).readRegisters(into);
        return into;
    }

    /// General register x`n` of the first engine.
    public long x(int n) {
        return registers()[n];
    }

    public long pc() {
        return registers()[GeneralRegisters.PC];
    }

    /// PC as an offset from [#BASE].
    public long pcOffset() {
        return pc() - BASE;
    }

    /// Writes guest memory from the host, RAM or flash. Existing translations stay.
    public void write(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, block(address), JAVA_BYTE, offset(address), bytes.length);
    }

    /// Reads 8 bytes of guest memory.
    public long read64(long address) {
        return block(address).get(JAVA_LONG_UNALIGNED, offset(address));
    }

    /// Writes 8 bytes of guest memory.
    public void write64(long address, long value) {
        block(address).set(JAVA_LONG_UNALIGNED, offset(address), value);
    }

    private MemorySegment block(long address) {
        return address >= BASE ? ram : flash;
    }

    private static long offset(long address) {
        return address >= BASE ? address - BASE : address - FLASH;
    }

    @Override
    public void close() {
        engines.forEach(Engine::close);
        arena.close();
    }
}

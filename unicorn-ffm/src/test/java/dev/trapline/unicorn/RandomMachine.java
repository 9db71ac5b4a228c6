package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A few CPUs with shared memory that run [RandomCode] in slices of random length, and their visible state.
final class RandomMachine implements AutoCloseable {

    private static final long RAM = 0x4000_0000L;
    private static final long RAM_SIZE = 0x20_0000;
    private static final long FLASH_SIZE = 0x1_0000;
    private static final long DEVICE = 0x900_0000L;
    private static final long CODE = RAM + 0x1_0000;
    private static final long DATA = RAM + 0x2_0000;
    private static final long START = RAM + 0x8_0000;
    /// The page tables: level 1 from 0, level 2, level 3; the pages of code and data can be exchanged.
    private static final long TABLES = RAM + 0x10_0000;

    /// Code and data.
    private static final long MOST_WRITTEN = 0x2_0000;

    /// One slice out of this many begins in a new engine.
    private static final int SWAP = 20;

    private static final long TABLE = 3;
    private static final long PAGE = 0x703;
    private static final long LEVEL_3 = TABLES + 0x2000;

    private static final String SWITCH_ON =
            "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1; ldr x1, table;"
                    + "msr ttbr0_el1, x1; mrs x1, sctlr_el1; orr x1, x1, #1;"
                    + "msr sctlr_el1, x1; isb; hvc #1; .balign 8; mair: .quad 0xff; tcr: .quad 0x200803519;"
                    + "table: .quad 0x40100000";

    /// The vectors are somewhere in the code.
    private static final String VECTORS =
            "ldr x1, vectors; msr vbar_el1, x1; b begin; .balign 8; vectors: .quad " + (CODE + 0x1000) + "; begin: ";

    /// The interrupt inputs of a CPU: a store to the device may raise and lower them, as may its timers.
    private final class Lines implements CpuWiring {
        private final int cpu;
        private boolean timer;

        Lines(int cpu) {
            this.cpu = cpu;
        }

        @Override
        public boolean irq() {
            return timer || (deviceDigest >>> (4 * cpu) & 7) == 1;
        }

        @Override
        public boolean fiq() {
            return (deviceDigest >>> (4 * cpu) & 15) == 2;
        }

        @Override
        public void timer(CpuTimer which, boolean high) {
            timer = which == CpuTimer.VIRTUAL ? high : timer;
        }

        @Override
        public boolean wakes(CpuTimer which) {
            return which == CpuTimer.VIRTUAL;
        }
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ram = arena.allocate(RAM_SIZE, 4096);
    private final MemorySegment flash = arena.allocate(FLASH_SIZE, 4096);
    private final EngineFactory factory;
    private final List<EngineSpec> specs = new ArrayList<>();
    private final List<Engine> engines = new ArrayList<>();
    private final SplittableRandom random;
    private final long longest;
    private long deviceDigest;
    private long now;
    private long shown;
    private long ignored;

    /// @param longest slice
    /// @param wired whether the CPUs take their exceptions, and interrupts that the device and their timers raise
    RandomMachine(EngineFactory factory, long seed, int cpus, boolean mmu, long longest, boolean wired) {
        this.factory = factory;
        this.random = new SplittableRandom(seed);
        this.longest = longest;
        int[] code = RandomCode.make(random.split(), mmu, wired);
        MemorySegment.copy(code, 0, ram, JAVA_INT, CODE - RAM, code.length);
        for (long at = DATA - RAM; at < DATA - RAM + 2L * RandomCode.CODE; at += Integer.BYTES) {
            ram.set(JAVA_INT, at, code[random.nextInt(code.length)]);
        }
        byte[] start = Assembler.a64((wired ? VECTORS : "") + (mmu ? SWITCH_ON : "hvc #1"));
        MemorySegment.copy(start, 0, ram, JAVA_BYTE, START - RAM, start.length);
        makeTables();
        List<MemoryMap.Region> regions = new ArrayList<>();
        regions.add(readOnly(0, flash));
        regions.add(new MemoryMap.Device(DEVICE, MemoryMap.PAGE, device()));
        regions.addAll(wired ? ramWithFixedCode() : List.of(new MemoryMap.Memory(RAM, ram, true)));
        MemoryMap memory = new MemoryMap(regions);
        for (int k = 0; k < cpus; k++) {
            Mpidr mpidr = Mpidr.of(new VcpuId(k), Mpidr.MAX_CLUSTER);
            CpuWiring wiring = wired ? new Lines(k) : null;
            specs.add(new EngineSpec(CpuModel.CORTEX_A57, Width.AARCH64, mpidr, memory, false, wiring));
            engines.add(factory.open(specs.get(k)));
            prepare(engines.get(k));
        }
    }

    /// RAM whose code cannot be written. How long a wired CPU executes code that it has changed without maintenance
    /// depends on the shortcuts (ADR 35).
    private List<MemoryMap.Region> ramWithFixedCode() {
        long code = CODE - RAM;
        long end = code + RandomCode.CODE;
        return List.of(
                new MemoryMap.Memory(RAM, ram.asSlice(0, code), true),
                readOnly(CODE, ram.asSlice(code, RandomCode.CODE)),
                new MemoryMap.Memory(RAM + end, ram.asSlice(end), true));
    }

    private MemoryMap.Memory readOnly(long base, MemorySegment bytes) {
        return new MemoryMap.Memory(
                base, bytes, false, (address, pc) -> ignored = Digest64.fold(Digest64.fold(ignored, address), pc));
    }

    private void makeTables() {
        ram.set(JAVA_LONG, TABLES - RAM + 8, (TABLES + 0x1000) | TABLE);
        // Below 1 GiB: the device, mapped with a block.
        ram.set(JAVA_LONG, TABLES - RAM, 0x701);
        ram.set(JAVA_LONG, TABLES + 0x1000 - RAM, LEVEL_3 | TABLE);
        for (int page = 0; page < RAM_SIZE / 4096; page++) {
            ram.set(JAVA_LONG, LEVEL_3 - RAM + 8L * page, (RAM + page * 4096L) | PAGE);
        }
    }

    private void prepare(Engine engine) {
        engine.writePc(START);
        engine.run(1000, 0, 0);
        long[] registers = new long[31];
        for (int n = 4; n < 16; n++) {
            registers[n] = random.nextLong() >>> random.nextInt(64);
        }
        registers[0] = DATA;
        registers[1] = CODE;
        registers[2] = DEVICE;
        registers[3] = LEVEL_3 + 8 * ((CODE - RAM) / 4096);
        engine.writeRegisters(RegisterWrites.fromX0(registers));
        engine.writePc(anywhere());
    }

    private long anywhere() {
        return CODE + 4L * random.nextInt(RandomCode.CODE / 4);
    }

    private MmioDevice device() {
        return new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                deviceDigest = Digest64.fold(deviceDigest, offset * 16 + size);
                return deviceDigest & 0xffff;
            }

            @Override
            public void write(long offset, int size, long value) {
                deviceDigest = Digest64.fold(Digest64.fold(deviceDigest, offset * 16 + size), value);
            }
        };
    }

    /// Runs one slice of one of the CPUs.
    ///
    /// @return its visible state, as text
    String slice() {
        int cpu = random.nextInt(engines.size());
        if (random.nextInt(SWAP) == 0) {
            swap(cpu);
        }
        Engine engine = engines.get(cpu);
        long budget = random.nextInt(8) == 0 ? longest : 1 + random.nextLong(Math.min(longest, 300));
        Exit exit = engine.run(budget, now, shown);
        now += engine.executed();
        shown = engine.shown();
        long[] registers = new long[GeneralRegisters.COUNT];
        engine.readRegisters(registers);
        StringBuilder seen = new StringBuilder("cpu " + cpu + ", budget " + budget + ": " + exit);
        for (int n = 0; n < registers.length; n++) {
            seen.append(n % 6 == 0 ? "\n    " : " ").append(n).append('=').append(Long.toHexString(registers[n]));
        }
        seen.append("\n    all ").append(Long.toHexString(engine.fullDigest()));
        byte[] state = engine.save().toArray();
        seen.append(" state ").append(Long.toHexString(Digest64.of(state, state.length & -8)));
        seen.append(" ignored ").append(Long.toHexString(ignored));
        seen.append(" device ").append(Long.toHexString(deviceDigest));
        seen.append(" shown ").append(engine.shown());
        seen.append(" executed ").append(engine.executed());
        seen.append(" memory ").append(Long.toHexString(Digest64.of(ram, CODE - RAM, MOST_WRITTEN)));
        goOn(engine, exit);
        return seen.toString();
    }

    /// Lets a CPU continue in a new engine, as from a checkpoint.
    private void swap(int cpu) {
        Bytes state = engines.get(cpu).save();
        engines.get(cpu).close();
        engines.set(cpu, factory.open(specs.get(cpu)));
        engines.get(cpu).load(state);
    }

    private void goOn(Engine engine, Exit exit) {
        switch (exit) {
            case Exit.Maintenance maintenance -> {
                for (Engine each : engines) {
                    each.maintain(maintenance);
                }
            }
            case GuestFault _ -> engine.writePc(anywhere());
            case HypercallExit _, Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.FirmwareInterrupt _ -> {}
        }
    }

    /// A digest of memory.
    long memory() {
        long digest = Digest64.fold(0, 1);
        for (long at = 0; at < RAM_SIZE; at += Long.BYTES) {
            digest = digest * 31 + ram.get(JAVA_LONG, at);
        }
        return digest;
    }

    @Override
    public void close() {
        engines.forEach(Engine::close);
        arena.close();
    }
}

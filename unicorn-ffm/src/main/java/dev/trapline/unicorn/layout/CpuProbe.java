package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A small AArch64 guest on a separate instance, with which shortcuts are calibrated and tested.
///
/// Its trial writes a routine and calls it, then rewrites it and calls it again, on one page after the other. Every
/// second time it evicts the page's entry from the TLB between store and call. Each call adds two bits to the result,
/// with the value 1 or 2, so stale code is detected.
public final class CpuProbe implements AutoCloseable {

    static final long BASE = 0x4000_0000L;
    private static final long BYTES = 1 << 20;
    private static final long DEVICE = 0x900_0000L;
    /// The distance between two pages that share one slot in the TLB's tables of 256 entries.
    private static final long APART = 256 * CpuLayout.PAGE;

    /// Two such pages.
    static final long FIRST = BASE + 0x1_0000;

    static final long SECOND = FIRST + APART;
    /// The address of the first routine.
    public static final long ROUTINE = BASE + 0x2_0000;

    /// The address of a routine in the page of the code that writes it.
    private static final long NEAR = BASE + 0x300;
    /// A page that contains only data.
    public static final long DATA = BASE + 0x3_0000;

    /// Code that has more than three instructions before its first branch.
    static final long TRANSLATED = BASE + 16;

    private static final int MOV_X5_1 = 0xd280_0025;
    private static final int MOV_X5_2 = 0xd280_0045;
    private static final int RET = 0xd65f_03c0;
    private static final int TRIAL = 4;

    /// The value of x6 after a trial: 1, 2, 1, 2, ...
    private static final long EXPECTED = 0x6666_6666L;

    private static final long STEPS = 1000;

    private static final int[] CODE = {
        0xf940_0001, // ldr x1, [x0]
        0xf900_0001, // str x1, [x0]
        0xf940_0043, // ldr x3, [x2]
        0xf900_0043, // str x3, [x2]
        0xd280_0006, // mov x6, #0x0
        0xd280_0087, // mov x7, #0x4
        0xb900_0141, // str w1, [x10]
        0xb900_0543, // str w3, [x10, #4]
        0xd63f_0140, // blr x10
        0x8b06_08a6, // add x6, x5, x6, lsl #2
        0xb900_0142, // str w2, [x10]
        0xd63f_0140, // blr x10
        0x8b06_08a6, // add x6, x5, x6, lsl #2
        0x9120_014a, // add x10, x10, #0x800
        0x9120_016b, // add x11, x11, #0x800
        0xb900_0141, // str w1, [x10]
        0xb900_0543, // str w3, [x10, #4]
        0xf940_0164, // ldr x4, [x11]
        0xd63f_0140, // blr x10
        0x8b06_08a6, // add x6, x5, x6, lsl #2
        0xb900_0142, // str w2, [x10]
        0xf940_0164, // ldr x4, [x11]
        0xd63f_0140, // blr x10
        0x8b06_08a6, // add x6, x5, x6, lsl #2
        0xf900_01a6, // str x6, [x13]
        0x8b0e_014a, // add x10, x10, x14
        0x8b0e_016b, // add x11, x11, x14
        0xf100_04e7, // subs x7, x7, #0x1
        0x54ff_fd41, // b.ne 8
        0xd400_0002, // hvc #0x0
    };

    private final Arena arena = Arena.ofConfined();
    private final Unicorn engine;
    private final MemorySegment memory;

    public CpuProbe(UnicornLibrary library) {
        engine = Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57);
        memory = arena.allocate(BYTES, NativePages.PAGE);
        MemorySegment.copy(CODE, 0, memory, JAVA_INT, 0, CODE.length);
        // SAFETY: the engine is closed before the arena is.
        engine.mapMemory(
                BASE,
                memory,
                UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE | UnicornConstants.UC_PROT_EXEC);
        NonSecureState.enter(engine);
    }

    public Unicorn engine() {
        return engine;
    }

    /// The host's address for a guest's address.
    long hostAddress(long address) {
        return memory.address() + address - BASE;
    }

    public MemoryMap map() {
        return new MemoryMap(List.of(new MemoryMap.Memory(BASE, memory, true)));
    }

    /// Loads and stores a word of [#FIRST], then one of [#SECOND].
    void touch() {
        write(0, FIRST);
        write(2, SECOND);
        UnicornError.check(engine.start(BASE, TRIAL), "probing the library");
    }

    /// Loads and stores words of a device.
    ///
    /// @param reached called at each access
    void reachDevice(Runnable reached) {
        engine.mapDevice(DEVICE, MemoryMap.PAGE, new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                reached.run();
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {
                reached.run();
            }
        });
        write(0, DEVICE);
        write(2, DEVICE);
        UnicornError.check(engine.start(BASE, TRIAL), "probing the library");
    }

    /// Whether an address is in the probe's code.
    static boolean isCode(long address) {
        return address >= BASE && address < BASE + BYTES;
    }

    /// Runs the trial, on pages far from its code and on the page of its code.
    ///
    /// @return whether no stale code ran
    public boolean passesTrial() {
        return trial(ROUTINE, 2 * CpuLayout.PAGE) && trial(NEAR, -2 * CpuLayout.PAGE) && trial(ROUTINE, 0);
    }

    private boolean trial(long routine, long advance) {
        write(1, MOV_X5_1 & 0xffff_ffffL);
        write(2, MOV_X5_2 & 0xffff_ffffL);
        write(3, RET & 0xffff_ffffL);
        write(10, routine);
        write(11, routine + APART);
        write(13, DATA);
        write(14, advance);
        engine.start(BASE + TRIAL * (long) Integer.BYTES, STEPS);
        RegisterBatch result = engine.registers(UnicornConstants.x(6));
        result.read();
        return result.get(0, 0) == EXPECTED;
    }

    private void write(int x, long value) {
        RegisterBatch register = engine.registers(UnicornConstants.x(x));
        register.set(0, 0, value);
        register.write(1);
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}

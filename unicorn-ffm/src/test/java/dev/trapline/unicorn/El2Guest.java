package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.layout.CpuStateLayout;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.layout.SwitchLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A CPU of the library that starts at EL2, without Trapline's engine around it. It has a megabyte of RAM at [#BASE],
/// and no devices.
///
/// An exception that the library reports ends a run, because the library does not enter its handler.
final class El2Guest implements AutoCloseable {

    static final long BASE = 0x4000_0000L;
    static final long BYTES = 1 << 20;
    static final long PAGE = 0x1000;
    /// Where [#run] and [#runIn] put their code.
    static final long CODE = BASE + PAGE;

    /// States, as in PSTATE: EL2h, EL1h and EL0 with all interrupts masked, and EL1h with none masked.
    static final long EL2H = 0x3c9;

    static final long EL1H = 0x3c5;
    static final long EL0 = 0x3c0;
    static final long EL1H_UNMASKED = 5;

    static final int ESR_EL2 = SystemRegister.of(3, 4, 5, 2, 0);
    static final int FAR_EL2 = SystemRegister.of(3, 4, 6, 0, 0);
    static final int HPFAR_EL2 = SystemRegister.of(3, 4, 6, 0, 4);
    static final int VBAR_EL2 = SystemRegister.of(3, 4, 12, 0, 0);
    private static final int ELR_EL2 = SystemRegister.of(3, 4, 4, 0, 1);
    private static final int SPSR_EL2 = SystemRegister.of(3, 4, 4, 0, 0);

    /// HCR_EL2.RW: EL1 is AArch64.
    static final long RW = 1L << 31;

    /// SCR_EL3: NS, HCE, RW.
    static final long SCR = 0x501;

    private static final int ERET = 0xd69f_03e0;
    /// The most instructions of a run.
    private static final long LIMIT = 1000;
    /// The distance in bytes of the target exception level from the syndrome in the CPU's state.
    private static final long TARGET = 16;

    private final Arena arena = Arena.ofConfined();
    private final Unicorn engine;
    private final MemorySegment memory;
    private final CpuStateLayout layout;
    private final SwitchLayout switches;
    private int number;

    /// An exception, as the library reports it.
    ///
    /// @param number one of the `EXCP_` numbers of [UnicornConstants]; 0 if there was none
    /// @param level the exception level that it is for
    /// @param syndrome in the layout of ESR_ELx
    record Taken(int number, int level, long syndrome) {

        static final Taken NOTHING = new Taken(0, 0, 0);
    }

    /// @param control HCR_EL2, with which EL1 is AArch64 in any case
    El2Guest(UnicornLibrary library, long control) {
        this(library, UnicornConstants.UC_CPU_ARM64_A72, control);
    }

    El2Guest(UnicornLibrary library, int model, long control) {
        Layouts layouts = Layouts.of(library);
        layout = layouts.stateA64();
        switches = layouts.switching();
        engine = Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, model);
        memory = arena.allocate(BYTES, NativePages.PAGE);
        // SAFETY: the engine is closed before the arena is.
        engine.mapMemory(
                BASE,
                memory,
                UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE | UnicornConstants.UC_PROT_EXEC);
        engine.hookExceptions(new NoHooks() {
            @Override
            public void interrupt(int taken) {
                number = taken;
                engine.stop();
            }
        });
        write(BASE, Assembler.word(ERET));
        system(SystemRegister.SCR_EL3, SCR);
        system(SystemRegister.HCR_EL2, RW);
        prepareReturn(EL2H);
        UnicornError.check(engine.start(BASE, 1), "entering EL2");
        system(SystemRegister.HCR_EL2, control | RW);
    }

    /// Prepares the ERET at [#BASE]. The engine starts at EL1. A write of PSTATE does not change the level for
    /// which code is translated; an exception return does. It takes its target from the ELR of the level for which
    /// it is translated, and the rest from SPSR_EL2.
    private void prepareReturn(long state) {
        RegisterBatch register = engine.registers(UnicornConstants.UC_ARM64_REG_PSTATE);
        register.set(0, 0, EL2H);
        register.write(1);
        system(SystemRegister.ELR_EL1, CODE);
        system(ELR_EL2, CODE);
        system(SPSR_EL2, state);
    }

    /// Runs code at the current exception level, EL1 or EL2.
    ///
    /// @return the first exception that the library reports; [Taken#NOTHING] after a thousand instructions
    Taken run(String source) {
        write(CODE, Assembler.a64(source));
        engine.removeCache(CODE, CODE + PAGE);
        return start(CODE);
    }

    /// Returns from EL2 to a state, and runs code there. The current exception level must be EL1 or EL2.
    Taken runIn(long state, String source) {
        write(CODE, Assembler.a64(source));
        engine.removeCache(CODE, CODE + PAGE);
        prepareReturn(state);
        return start(BASE);
    }

    private Taken start(long address) {
        number = 0;
        UnicornError.check(engine.start(address, LIMIT), "running the guest");
        if (number == 0) {
            return Taken.NOTHING;
        }
        MemorySegment image = engine.saveContext();
        return new Taken(
                number,
                image.get(JAVA_INT_UNALIGNED, layout.syndrome() + TARGET),
                Integer.toUnsignedLong(layout.syndrome(image)));
    }

    /// Sets bits of the translation flags ([dev.trapline.unicorn.layout.TranslationFlags]).
    void changeFlags(int set) {
        MemorySegment image = engine.saveContext();
        switches.setFlags(image, switches.flags(image) | set);
        engine.restoreContext();
    }

    /// Loads the CPU's state of another guest, but not its memory.
    void loadFrom(El2Guest other) {
        engine.loadContext(other.engine.saveContext().toArray(JAVA_BYTE));
    }

    /// The virtual address of the last abort.
    long faultAddress() {
        return layout.faultAddress(engine.saveContext());
    }

    /// Puts code at an address outside of the page of [#CODE].
    void code(long address, String source) {
        write(address, Assembler.a64(source));
    }

    private void write(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, address - BASE, bytes.length);
    }

    void write64(long address, long value) {
        memory.set(JAVA_LONG, address - BASE, value);
    }

    long x(int n) {
        return register(UnicornConstants.x(n));
    }

    void x(int n, long value) {
        RegisterBatch register = engine.registers(UnicornConstants.x(n));
        register.set(0, 0, value);
        register.write(1);
    }

    long pc() {
        return register(UnicornConstants.UC_ARM64_REG_PC);
    }

    /// The exception level in PSTATE.
    long level() {
        return (register(UnicornConstants.UC_ARM64_REG_PSTATE) >> 2) & 3;
    }

    private long register(int id) {
        RegisterBatch register = engine.registers(id);
        register.read();
        return register.get(0, 0);
    }

    /// Reads a system register from outside.
    long system(int register) {
        return engine.readSystem(register);
    }

    /// Writes a system register, or performs a SYS instruction, from outside.
    void system(int register, long value) {
        engine.writeSystem(register, value);
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}

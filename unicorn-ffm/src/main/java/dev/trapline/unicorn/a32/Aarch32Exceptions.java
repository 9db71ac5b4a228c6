package dev.trapline.unicorn.a32;

import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.ItState;
import dev.trapline.unicorn.slice.CpuExceptions;
import dev.trapline.unicorn.slice.Faults;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.slice.SliceParts;
import dev.trapline.unicorn.translation.Maintainer;
import dev.trapline.unicorn.translation.Translations;
import org.jspecify.annotations.Nullable;

/// The exceptions of an AArch32 CPU. The library exchanges the banked registers when CPSR is written, and then
/// translates code for the new mode.
public final class Aarch32Exceptions implements CpuExceptions {

    /// TTBCR.EAE: the tables are those of the Large Physical Address Extension.
    private static final long LARGE = 1L << 31;
    /// DFSR and IFSR of a synchronous external abort, in both formats (DDI0406 B3.13.3 and B3.13.4).
    private static final long EXTERNAL_SHORT = 0x008;

    private static final long EXTERNAL_LARGE = 0x210;
    /// DFSR of an asynchronous external abort, in both formats.
    private static final long ASYNCHRONOUS_SHORT = 0x406;

    private static final long ASYNCHRONOUS_LARGE = 0x211;
    private static final long WRITE = 1 << 11;

    /// Slots of [#banked].
    private static final int SPSR = 0;

    private static final int LR = 1;

    private final SliceParts cpu;
    private final Faults faults;
    private final Aarch32Traps traps;
    private final long[] registers;
    private final RegisterBatch cpsr;
    private final RegisterBatch banked;
    private final RegisterBatch control;
    private final RegisterBatch base;
    private final RegisterBatch tables;
    private final RegisterBatch dataStatus;
    private final RegisterBatch fetchStatus;
    private final RegisterBatch dataAddress;
    private final RegisterBatch fetchAddress;
    private final Aarch32Memory memory;

    /// @param registers the general registers, at the end of the last part
    public Aarch32Exceptions(
            SliceParts cpu,
            Unicorn engine,
            Faults faults,
            TimeRegisters time,
            Instructions instructions,
            long[] registers) {
        this.cpu = cpu;
        this.faults = faults;
        this.memory = new Aarch32Memory(engine, instructions);
        this.traps = new Aarch32Traps(engine, memory, new Aarch32Time(engine, time));
        this.registers = registers;
        this.cpsr = engine.registers(UnicornConstants.UC_ARM_REG_CPSR);
        this.banked = engine.registers(UnicornConstants.UC_ARM_REG_SPSR, UnicornConstants.UC_ARM_REG_LR);
        this.control = engine.coprocessor(1, 0, 0, 0);
        this.base = engine.coprocessor(12, 0, 0, 0);
        this.tables = engine.coprocessor(2, 0, 0, 2);
        this.dataStatus = engine.coprocessor(5, 0, 0, 0);
        this.fetchStatus = engine.coprocessor(5, 0, 0, 1);
        this.dataAddress = engine.coprocessor(6, 0, 0, 0);
        this.fetchAddress = engine.coprocessor(6, 0, 0, 2);
    }

    @Override
    public void beginSlice() {
        // The CPU has no other state.
    }

    @Override
    public Exit run(long budget, long now, long shown, boolean masked) {
        return cpu.runPart(budget, now, shown, masked);
    }

    @Override
    public long executed() {
        return cpu.executed();
    }

    @Override
    public boolean seesUnmasking() {
        return cpu.seesUnmasking();
    }

    @Override
    public Maintainer maintainer(Translations first) {
        return new Aarch32Maintenance(memory, traps, first);
    }

    @Override
    public void close() {
        // Nothing to close.
    }

    @Override
    public void interrupt(ExceptionEntry.Interrupt which) {
        enter(
                switch (which) {
                    case IRQ -> Aarch32Mode.IRQ;
                    case FIQ -> Aarch32Mode.FIQ;
                });
    }

    /// An asynchronous external abort. DFAR is UNKNOWN.
    @Override
    public void serror(int syndrome) {
        write(dataStatus, isLarge() ? ASYNCHRONOUS_LARGE : ASYNCHRONOUS_SHORT);
        enter(Aarch32Mode.DATA_ABORT);
    }

    @Override
    public boolean take(GuestFault fault) {
        Aarch32Mode mode = mode(fault);
        if (mode == null || !cpu.isFetchable(mode.vector(read(control), read(base)))) {
            return false;
        }
        report(fault);
        faults.forgetUndefined(fault);
        enter(mode);
        return true;
    }

    private static @Nullable Aarch32Mode mode(GuestFault fault) {
        return switch (fault.kind()) {
            case UNDEFINED_INSTRUCTION -> Aarch32Mode.UNDEFINED;
            case SUPERVISOR_CALL -> Aarch32Mode.SUPERVISOR;
            case BREAKPOINT, PREFETCH_ABORT, UNMAPPED_FETCH -> Aarch32Mode.PREFETCH_ABORT;
            case DATA_ABORT, UNMAPPED_READ, UNMAPPED_WRITE -> Aarch32Mode.DATA_ABORT;
            case OTHER_EXCEPTION, TIME_IN_IT_BLOCK -> null;
        };
    }

    /// Writes the status and address registers.
    private void report(GuestFault fault) {
        switch (fault.kind()) {
            // IFAR is UNKNOWN.
            case BREAKPOINT -> write(fetchStatus, faults.status());
            case PREFETCH_ABORT -> {
                write(fetchStatus, faults.status());
                write(fetchAddress, fault.address());
            }
            case DATA_ABORT -> {
                write(dataStatus, faults.status());
                write(dataAddress, fault.address());
            }
            case UNMAPPED_FETCH -> {
                write(fetchStatus, external());
                write(fetchAddress, registers[GeneralRegisters.PC]);
            }
            case UNMAPPED_READ, UNMAPPED_WRITE -> {
                write(dataStatus, external() | (fault.kind() == GuestFault.Kind.UNMAPPED_WRITE ? WRITE : 0));
                write(dataAddress, Aarch32Access.address(fault.address(), registers, memory::word, memory::thumb));
            }
            case UNDEFINED_INSTRUCTION, SUPERVISOR_CALL, OTHER_EXCEPTION, TIME_IN_IT_BLOCK -> {}
        }
    }

    private long external() {
        return isLarge() ? EXTERNAL_LARGE : EXTERNAL_SHORT;
    }

    private boolean isLarge() {
        return (read(tables) & LARGE) != 0;
    }

    private void enter(Aarch32Mode mode) {
        long pc = registers[GeneralRegisters.PC];
        long before = registers[GeneralRegisters.PSTATE];
        long settings = read(control);
        cpsr.set(0, 0, mode.cpsr(before, settings));
        cpsr.write(1);
        banked.set(SPSR, 0, before);
        banked.set(LR, 0, mode.link(pc, before));
        banked.write(2);
        cpu.fetchRegisters();
        registers[GeneralRegisters.PC] = mode.vector(settings, read(base));
    }

    private static long read(RegisterBatch register) {
        register.read();
        return Unicorn.coprocessorValue(register) & 0xffff_ffffL;
    }

    private static void write(RegisterBatch register, long value) {
        Unicorn.setCoprocessorValue(register, value);
        register.write(1);
    }

    @Override
    public boolean performs(GuestFault fault) {
        boolean performs = fault.kind() == GuestFault.Kind.UNDEFINED_INSTRUCTION
                && traps.performs((int) fault.detail(), registers);
        if (performs) {
            faults.forgetUndefined(fault);
        }
        return performs;
    }

    @Override
    public @Nullable Exit perform() {
        Exit end = traps.perform(registers);
        skip();
        return end;
    }

    /// Advances PC and CPSR.IT past an instruction that was performed here.
    private void skip() {
        registers[GeneralRegisters.PC] += Instructions.WIDTH;
        long before = registers[GeneralRegisters.PSTATE];
        long after = ItState.advanced(before);
        if (after != before) {
            registers[GeneralRegisters.PSTATE] = after;
            cpsr.set(0, 0, after);
            cpsr.write(1);
        }
    }
}

package dev.trapline.unicorn.a64;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.Aarch32StateLayout;
import dev.trapline.unicorn.layout.SwitchLayout;
import dev.trapline.unicorn.layout.TranslationFlags;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Moves a CPU between exception levels between two slices, as an exception entry and return would. AArch64 only.
///
/// The library offers PSTATE as a register, but writing it neither exchanges the banked stack pointers nor changes the
/// CPU state for which code is translated: this class does both. The exclusive monitor and the translation flags are
/// not registers; they are read in an image of the CPU state, which is restored only if something in it has to change.
/// If exception level and stack pointer stay the same, that can only be the monitor, which is rarely set. No
/// allocation; a fraction of a microsecond.
public final class ExceptionSwitch {

    private static final long NZCV = 0xf000_0000L;
    /// Bytes of a vector table: VBAR_EL1 is a multiple of it.
    private static final long VECTORS = 0x800;

    private static final long MODE = 0x1f;
    private static final long EL0T = 0;
    /// EL0 in AArch32 state.
    private static final long USER = 0x10;

    private static final long EL1T = 4;
    private static final long EL1H = 5;
    /// The bits that determine stack pointer and translation flags: the mode, and D, because it masks software
    /// step.
    private static final long PLACE = MODE | 1 << 9;

    /// Slots of [#system]; the ones that are written come first.
    private static final int SP_EL0 = 0;

    private static final int SP_EL1 = 1;
    private static final int STACKS = 2;
    private static final int SCTLR = 2;
    private static final int MDSCR = 3;

    /// Slots of [#link].
    private static final int ELR = 0;

    private static final int SPSR = 1;

    /// Slots of [#general].
    private static final int PSTATE = 0;

    private static final int SP = 1;

    private final Unicorn engine;
    private final SwitchLayout layout;
    private final RegisterBatch system;
    private final RegisterBatch link;
    private final RegisterBatch general;

    public ExceptionSwitch(Unicorn engine, SwitchLayout layout) {
        this.engine = engine;
        this.layout = layout;
        this.system = engine.systemRegisters(
                SystemRegister.SP_EL0, SystemRegister.SP_EL1, SystemRegister.SCTLR_EL1, SystemRegister.MDSCR_EL1);
        this.link = engine.systemRegisters(SystemRegister.ELR_EL1, SystemRegister.SPSR_EL1);
        this.general = engine.registers(UnicornConstants.UC_ARM64_REG_PSTATE, UnicornConstants.UC_ARM64_REG_SP);
    }

    /// The one of a CPU that has it.
    ///
    /// @throws EngineException if it has none
    public static ExceptionSwitch required(@Nullable ExceptionSwitch of) {
        if (of == null) {
            throw new EngineException("an AArch32 CPU takes no exceptions from outside, and has no event handlers: SDEI"
                    + " is for AArch64 (DEN0054); leave SDEI out of this machine");
        }
        return of;
    }

    /// An exception return.
    ///
    /// @param registers the general registers, in the order of [GeneralRegisters]; SP, PC and PSTATE change
    /// @throws EngineException if the CPU is in AArch32 state: an EL0 that this engine cannot interrupt
    public void returnTo(long[] registers, long pc, long pstate) {
        move(registers, pc, checked(pstate));
    }

    /// An exception entry.
    ///
    /// @param registers as above
    /// @throws EngineException as above
    public void take(long[] registers, ExceptionEntry entry) {
        long pc = registers[GeneralRegisters.PC];
        long pstate = registers[GeneralRegisters.PSTATE];
        switch (entry) {
            case ExceptionEntry.At(long address) -> move(registers, address, Engine.HANDLER_PSTATE);
            case ExceptionEntry.Vectored vectored ->
                move(registers, vector(pstate, vectored), Engine.HANDLER_PSTATE | (pstate & NZCV));
        }
        report(pc, pstate, entry);
    }

    /// Writes the registers that describe an exception.
    private void report(long pc, long pstate, ExceptionEntry entry) {
        link.set(ELR, Unicorn.SYSTEM_VALUE, pc);
        link.set(SPSR, Unicorn.SYSTEM_VALUE, pstate);
        link.write(2);
        switch (entry) {
            case ExceptionEntry.Synchronous(long syndrome, long faultAddress) -> {
                engine.writeSystem(SystemRegister.ESR_EL1, syndrome);
                engine.writeSystem(SystemRegister.FAR_EL1, faultAddress);
            }
            case ExceptionEntry.SError(long syndrome) -> engine.writeSystem(SystemRegister.ESR_EL1, syndrome);
            case ExceptionEntry.Interrupt _, ExceptionEntry.At _ -> {}
        }
    }

    /// An exception entry from EL0 in AArch32 state. The general registers have to be read again afterwards, except
    /// the PC.
    ///
    /// @param registers r0 to r14, PC and CPSR
    void takeFromAarch32(long[] registers, ExceptionEntry.Vectored entry, Aarch32StateLayout narrow) {
        long pc = registers[GeneralRegisters.PC];
        long cpsr = registers[GeneralRegisters.PSTATE];
        registers[GeneralRegisters.PC] = vector(cpsr, entry);
        system.read();
        MemorySegment context = engine.saveContext();
        int flags = TranslationFlags.of(
                engine.readSystem(SystemRegister.TCR_EL1), engine.readSystem(SystemRegister.CPACR_EL1));
        narrow.enterAarch64(
                context,
                TranslationFlags.at(
                        flags,
                        Engine.HANDLER_PSTATE,
                        system.get(SCTLR, Unicorn.SYSTEM_VALUE),
                        system.get(MDSCR, Unicorn.SYSTEM_VALUE)));
        layout.clearMonitor(context);
        engine.restoreContext();
        general.set(PSTATE, 0, Engine.HANDLER_PSTATE | (cpsr & NZCV));
        general.set(SP, 0, system.get(SP_EL1, Unicorn.SYSTEM_VALUE));
        general.write(2);
        report(pc, cpsr, entry);
    }

    /// The virtual address of the vector of an exception.
    ///
    /// @param pstate at the exception
    long vector(long pstate, ExceptionEntry.Vectored entry) {
        long table = engine.readSystem(SystemRegister.VBAR_EL1) & ~(VECTORS - 1);
        return table + source(pstate) + entry.offset();
    }

    /// Where the vectors of a source begin in the table: the current level with SP_EL0 or SP_EL1, EL0 in AArch64
    /// state, or EL0 in AArch32 state.
    private static long source(long pstate) {
        long mode = pstate & MODE;
        return mode == EL0T ? 0x400 : mode == USER ? 0x600 : mode == EL1H ? 0x200 : 0;
    }

    /// Updates the translation flags after a write of SCTLR_EL1 from outside.
    void renewFlags(long pstate) {
        system.read();
        writeHidden(pstate);
    }

    private static long checked(long pstate) {
        long mode = pstate & MODE;
        if (mode != EL0T && mode != EL1T && mode != EL1H) {
            throw new IllegalArgumentException(
                    "an exception returns to EL0 or EL1 in AArch64 state, not to PSTATE 0x" + Long.toHexString(pstate));
        }
        return pstate;
    }

    private void move(long[] registers, long address, long pstate) {
        boolean stays = ((registers[GeneralRegisters.PSTATE] ^ pstate) & PLACE) == 0;
        int flags;
        if (stays) {
            flags = clearMonitor();
            general.set(PSTATE, 0, pstate);
            general.write(1);
        } else {
            flags = changePlace(registers, pstate);
        }
        registers[GeneralRegisters.PC] = TranslationFlags.target(flags, address);
        registers[GeneralRegisters.PSTATE] = pstate;
    }

    /// Later versions of the library compute the flags again whenever a system register is written. At that time
    /// PSTATE is the new one, so the result is the same.
    private int changePlace(long[] registers, long pstate) {
        system.read();
        int flags = writeHidden(pstate);
        system.set(stack(registers[GeneralRegisters.PSTATE]), Unicorn.SYSTEM_VALUE, registers[GeneralRegisters.SP]);
        long sp = system.get(stack(pstate), Unicorn.SYSTEM_VALUE);
        general.set(PSTATE, 0, pstate);
        general.set(SP, 0, sp);
        general.write(2);
        system.write(STACKS);
        registers[GeneralRegisters.SP] = sp;
        return flags;
    }

    /// @return the translation flags
    private int writeHidden(long pstate) {
        MemorySegment context = engine.saveContext();
        int before = layout.flags(context);
        if (!TranslationFlags.isAarch64(before)) {
            throw new EngineException("the CPU is at EL0 in AArch32 state: no exception can be taken there, and no"
                    + " handler entered; let no event reach a CPU that runs such code");
        }
        int flags = TranslationFlags.at(
                before, pstate, system.get(SCTLR, Unicorn.SYSTEM_VALUE), system.get(MDSCR, Unicorn.SYSTEM_VALUE));
        layout.setFlags(context, flags);
        layout.clearMonitor(context);
        engine.restoreContext();
        return flags;
    }

    /// @return the translation flags, which do not change
    private int clearMonitor() {
        MemorySegment context = engine.saveContext();
        if (layout.monitorIsSet(context)) {
            layout.clearMonitor(context);
            engine.restoreContext();
        }
        return layout.flags(context);
    }

    private static int stack(long pstate) {
        return (pstate & MODE) == EL1H ? SP_EL1 : SP_EL0;
    }
}

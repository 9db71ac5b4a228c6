package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.util.Arrays;

/// A guest whose program is interrupted by event handlers, and a small firmware for it. The firmware keeps x0 to x17,
/// PC and PSTATE of the interrupted code, as SDEI does.
///
/// ```text
///  +0x00000 start-up code | +0x01000 handler | +0x02000 another | +0x03000 code that is resumed at
///  +0x04000 exception vectors
///  +0x10000 page tables   | +0x20000 program | +0x30000 data
/// ```
///
/// With the MMU on, EL0 can neither read nor execute the kernel's half, and EL1 cannot execute the program's half.
public final class HandlerGuest implements AutoCloseable {

    static final long HANDLER = Snippet.BASE + 0x1000;
    static final long OTHER_HANDLER = Snippet.BASE + 0x2000;
    static final long RESUME = Snippet.BASE + 0x3000;
    static final long VECTORS = Snippet.BASE + 0x4000;
    static final long PROGRAM = Snippet.BASE + 0x2_0000;
    static final long DATA = Snippet.BASE + 0x3_0000;
    static final long STACK_EL0 = 0x1110_0000L;
    static final long STACK_EL1 = 0x2220_0000L;

    /// The immediate of the HVC with which a handler completes.
    static final int COMPLETE = 0x25;

    /// Registers that firmware keeps: x0 to x17.
    private static final int KEPT = 18;

    private static final long LEVEL_1 = Snippet.BASE + 0x1_0000;
    private static final long LEVEL_2 = LEVEL_1 + 0x1000;
    private static final long LEVEL_3 = LEVEL_2 + 0x1000;
    private static final long TABLE = 3;
    /// Valid page, access flag, inner shareable, attribute 0; UXN.
    private static final long KERNEL_PAGE = 0x703 | (1L << 54);
    /// The same with AP 0b01: readable and writable at EL0 too; PXN.
    private static final long USER_PAGE = 0x743 | (1L << 53);

    /// The state in which a program runs.
    public enum Place {
        EL1H(0xa000_00c5L, false),
        EL1T(0x5000_0304L, false),
        EL0(0x9000_0000L, false),
        EL1H_MMU(0x6000_0245L, true),
        EL1T_MMU(0x3000_0184L, true),
        EL0_MMU(0xf000_0000L, true);

        /// Its initial PSTATE: some of NZCV, some of DAIF.
        public final long pstate;

        final boolean mmu;

        Place(long pstate, boolean mmu) {
            this.pstate = pstate;
            this.mmu = mmu;
        }

        boolean isEl0() {
            return (pstate & 0xc) == 0;
        }

        boolean usesStackOfEl1() {
            return (pstate & 1) != 0;
        }

        long stack() {
            return usesStackOfEl1() ? STACK_EL1 : STACK_EL0;
        }
    }

    final Snippet snippet;

    HandlerGuest(EngineFactory engines, CpuModel model, Place place, String program) {
        snippet = Snippet.with(engines, model, Assembler.a64(startUp(place)));
        snippet.write(PROGRAM, Assembler.a64(program));
        snippet.write64(LEVEL_1 + 8, LEVEL_2 | TABLE);
        snippet.write64(LEVEL_2, LEVEL_3 | TABLE);
        for (int page = 0; page < Snippet.SIZE / 4096; page++) {
            long physical = Snippet.BASE + page * 4096L;
            boolean user = place.isEl0() && physical >= PROGRAM;
            snippet.write64(LEVEL_3 + 8L * page, physical | (user ? USER_PAGE : KERNEL_PAGE));
        }
        for (int k = 0; pc() != PROGRAM; k++) {
            assertThat(k).as("start-up is short").isLessThan(100);
            assertThat(snippet.run(1)).isEqualTo(Exit.BudgetUsed.INSTANCE);
        }
    }

    /// A guest that is about to run its program.
    static HandlerGuest at(Place place, String program) {
        return new HandlerGuest(Snippet.engines(), CpuModel.CORTEX_A57, place, program);
    }

    /// A guest that runs an endless loop of A32 code at EL0.
    static HandlerGuest atAarch32El0() {
        HandlerGuest guest = at(
                Place.EL1H,
                "adr x0, user; msr elr_el1, x0; mov x0, #0x1d0; msr spsr_el1, x0; eret; user: .inst 0xe1a00000;"
                        + ".inst 0xeafffffe");
        guest.snippet.run(5);
        return guest;
    }

    private static String startUp(Place place) {
        String mmu = "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1; ldr x1, table; msr ttbr0_el1, x1;"
                + "tlbi vmalle1; isb; mrs x1, sctlr_el1; orr x1, x1, #1; msr sctlr_el1, x1; isb;";
        return "mov x0, #0x300000; msr cpacr_el1, x0; isb; ldr x0, vectors; msr vbar_el1, x0;" + (place.mmu ? mmu : "")
                + "ldr x0, stack1; mov sp, x0; ldr x0, stack0; msr sp_el0, x0; ldr x0, program; msr elr_el1, x0;"
                + "ldr x0, pstate; msr spsr_el1, x0; eret; .balign 8; mair: .quad 0xff; tcr: .quad 0x200803519;"
                + "table: .quad " + LEVEL_1 + "; program: .quad " + PROGRAM + "; pstate: .quad " + place.pstate
                + "; vectors: .quad " + VECTORS
                + "; stack0: .quad " + STACK_EL0 + "; stack1: .quad " + STACK_EL1;
    }

    HandlerGuest with(long address, String source) {
        snippet.write(address, Assembler.a64(source));
        return this;
    }

    Engine engine() {
        return snippet.engine();
    }

    long[] registers() {
        return snippet.registers();
    }

    long pc() {
        return snippet.pc();
    }

    /// Enters a handler, as firmware does.
    ///
    /// @return the interrupted state
    long[] enter(long handler) {
        long[] interrupted = registers();
        engine().returnFromException(handler, Engine.HANDLER_PSTATE);
        engine().writeRegisters(RegisterWrites.fromX0(
                804, 0xa46, interrupted[GeneralRegisters.PC], interrupted[GeneralRegisters.PSTATE]));
        return interrupted;
    }

    /// Runs a handler until it completes.
    HypercallExit runHandler() {
        HypercallExit exit = HypercallExitTest.hypercall(snippet.run());
        assertThat(exit.immediate()).as("the handler completes").isEqualTo(COMPLETE);
        assertThat(exit.exceptionLevel()).as("a handler is at EL1").isEqualTo(1);
        return exit;
    }

    /// Completes the handler: everything is as before.
    void leave(long[] interrupted) {
        engine().writeRegisters(RegisterWrites.fromX0(Arrays.copyOf(interrupted, KEPT)));
        engine().returnFromException(interrupted[GeneralRegisters.PC], interrupted[GeneralRegisters.PSTATE]);
    }

    /// Completes the handler as if an exception had been taken.
    void resume(long[] interrupted) {
        engine().writeRegisters(RegisterWrites.fromX0(Arrays.copyOf(interrupted, KEPT)));
        engine().returnFromException(interrupted[GeneralRegisters.PC], interrupted[GeneralRegisters.PSTATE]);
        engine().takeException(new ExceptionEntry.At(RESUME));
    }

    /// Enters a handler, runs it, and completes it.
    ///
    /// @return the handler's registers when it completed
    GeneralRegisters interrupt(long handler) {
        long[] interrupted = enter(handler);
        GeneralRegisters completed = runHandler().registers();
        leave(interrupted);
        return completed;
    }

    @Override
    public void close() {
        snippet.close();
    }
}

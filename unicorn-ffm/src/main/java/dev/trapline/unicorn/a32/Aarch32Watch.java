package dev.trapline.unicorn.a32;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.unicorn.ffi.CodeHooks;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.InstanceLayout;
import dev.trapline.unicorn.layout.ItState;
import dev.trapline.unicorn.slice.Architecture;
import dev.trapline.unicorn.slice.DataOrderControl;
import dev.trapline.unicorn.slice.Faults;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.slice.Progress;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Watches the AArch32 instructions for which the library has no hook: accesses to time, and, if requested,
/// SMCs that fail their condition check.
///
/// Each block that the library translates is examined ([Aarch32Search]) before it runs for the first time. If it
/// contains such an instruction, the run stops before the block, the instruction gets a hook, the block is translated
/// again, and the run continues with the rest of its budget. This is invisible: the slice has the same instructions and
/// the same end as if the hook had existed from the start.
///
/// - At an access to time, the run stops; the access is answered, and its instruction is skipped.
/// - At a conditional SMC of A32, the address of the *next* instruction is recorded. If that instruction is reached
///   without a call, the condition check failed, and the slice ends there. In T32 this happens at the IT instruction:
///   SMC may only be the last instruction of its block (DDI0406 B9.3.14), and a run cannot be stopped within the
///   block.
/// - The PC that the library has when it stops at the end of an IT block is corrected.
/// - An access to time within an IT block cannot be answered, because a run cannot be stopped there: the IT instruction
///   is reported as a fault.
public final class Aarch32Watch implements CodeHooks {

    private static final long THUMB = 1 << 5;
    private static final long NOWHERE = Aarch32Search.NOWHERE;
    private static final long INSTRUCTION = Instructions.WIDTH;

    private final Unicorn engine;
    private final Architecture architecture;
    private final InstanceLayout layout;
    private final Aarch32Count count;
    private final Runnable dropAll;
    private final Aarch32Memory memory;
    private final Aarch32Time time;
    private final Progress progress;
    private final boolean failedCalls;
    /// Whether accesses to time at PL0 trap, so that they need no hook.
    private final boolean trapped;
    /// Makes accesses to time trap at PL1, too; null unless the CPU is wired.
    private final @Nullable Aarch32Substitute substitute;
    private final RegisterBatch cpsr;
    private final RegisterBatch pc;
    private final TreeSet<Long> watched = new TreeSet<>();
    private final Aarch32ItBlocks itBlocks;
    private final Aarch32Search search;

    /// The block that has to be translated again; [#NOWHERE] if there is none.
    private long block = NOWHERE;
    /// The next instruction if the conditional SMC that is about to be executed fails its check.
    private long unlessCalled = NOWHERE;

    private boolean served;
    private boolean wroteTimer;
    private boolean passed;
    private @Nullable GuestFault fault;

    /// @param dropAll drops all translations by physical address
    public Aarch32Watch(
            Unicorn engine,
            Architecture architecture,
            InstanceLayout layout,
            Aarch32Count count,
            Runnable dropAll,
            Instructions instructions,
            Aarch32Time time,
            Progress progress,
            EngineSpec spec) {
        this.engine = engine;
        this.architecture = architecture;
        this.layout = layout;
        this.count = count;
        this.dropAll = dropAll;
        this.memory = new Aarch32Memory(engine, instructions);
        this.itBlocks = new Aarch32ItBlocks(memory::halfword);
        this.time = time;
        this.progress = progress;
        this.failedCalls = spec.exportFailedConditionCalls();
        this.trapped = spec.wiring() != null;
        this.substitute = trapped ? new Aarch32Substitute(engine, spec.memory(), memory) : null;
        this.search = new Aarch32Search(memory, itBlocks, failedCalls, trapped);
        this.cpsr = engine.registers(UnicornConstants.UC_ARM_REG_CPSR);
        this.pc = engine.registers(UnicornConstants.UC_ARM_REG_PC);
        engine.hookCode(this);
    }

    /// Whether an instruction is in an IT block.
    public boolean isConditional(long address) {
        return itBlocks.contains(address);
    }

    /// Called before the first run of a slice.
    void beginSlice(long[] registers) {
        fault = null;
        unlessCalled = NOWHERE;
        long pc = registers[GeneralRegisters.PC];
        long pstate = registers[GeneralRegisters.PSTATE];
        if ((pstate & THUMB) != 0 && !count.isTwice()) {
            countTwice();
        }
        if (exportsFailedCalls(pstate) && (pstate & THUMB) != 0) {
            // An IT block can be divided at a page boundary.
            unlessCalled = search.afterSmc(pc, ItState.remaining(pstate));
        }
    }

    /// Called after a run: whether the slice continues from the PC in the registers, if some of its budget is left.
    /// In that case, all instructions that the run began are completed.
    ///
    /// @param budget the run's budget
    /// @param cutShort whether an exception ended the run: the PC is where that left it
    boolean resume(long budget, long[] registers, boolean cutShort) {
        wroteTimer = false;
        if (block != NOWHERE) {
            prepare((registers[GeneralRegisters.PSTATE] & THUMB) != 0);
            block = NOWHERE;
            return true;
        }
        wroteTimer = served && time.wroteTimer();
        if (served) {
            served = false;
            time.deliver(registers);
            registers[GeneralRegisters.PC] += INSTRUCTION;
            return true;
        }
        if (passed) {
            return true;
        }
        if (count.begun() > budget && !cutShort) {
            leaveItBlock(registers);
        }
        return false;
    }

    /// Prepares the block at which the run stopped.
    private void prepare(boolean thumb) {
        if (thumb && !count.isTwice()) {
            // The block is examined again when it is translated again.
            countTwice();
        } else if (search.times().isEmpty()
                || substitute == null
                || !substitute.translate(block, search.times(), thumb)) {
            search.found().addAll(search.times());
            watchFound();
            engine.removeCache(block, block + 1);
        } else {
            layout.clearItFlag(engine);
            watchFound();
        }
        search.clear();
    }

    /// Whether a slice of a wired CPU is to be divided here: the guest wrote a timer.
    boolean endsPart() {
        return trapped && wroteTimer;
    }

    private void countTwice() {
        count.countTwice();
        memory.untranslated(dropAll);
    }

    /// Called after a run, before [#resume]: lets the slice continue if the library stopped for a WFE or a YIELD.
    /// The library then stops as for an undefined instruction, but after the hint, and with neither the syndrome of
    /// an undefined instruction nor that of a WFI, which may follow the hint.
    ///
    /// @param code the library's error number
    /// @return the error number to use from now on
    int passHint(int code, Faults faults, long[] registers) {
        passed = code == UnicornConstants.UC_ERR_INSN_INVALID
                && !faults.isUndefined()
                && !faults.isTrappedWait()
                && memory.isBehindHint(
                        registers[GeneralRegisters.PC], (registers[GeneralRegisters.PSTATE] & THUMB) != 0);
        return passed ? UnicornConstants.UC_ERR_OK : code;
    }

    /// Corrects the PC after a stop in an IT block. The library stops there only at the end of a block of code.
    private void leaveItBlock(long[] registers) {
        long pstate = registers[GeneralRegisters.PSTATE];
        long next = itBlocks.corrected(registers[GeneralRegisters.PC], pstate);
        if (next != registers[GeneralRegisters.PC]) {
            registers[GeneralRegisters.PC] = next;
            // Otherwise the saved state of the engine would contain the wrong PC.
            pc.set(0, 0, architecture.startAddress(next, pstate));
            pc.write(1);
        }
    }

    /// The slice's exit, if this object ended the slice; otherwise null.
    @Nullable
    Exit exit(long[] registers, DataOrderControl dataOrder) {
        if (fault != null) {
            progress.end(Progress.End.AT);
            return fault;
        }
        long pc = registers[GeneralRegisters.PC];
        long pstate = registers[GeneralRegisters.PSTATE];
        if (pc != unlessCalled) {
            return null;
        }
        ExecutionState state = architecture.state(pstate);
        int immediate = Instructions.immediateAarch32Smc(memory.word(pc - INSTRUCTION));
        // The instruction after the call was begun.
        progress.end(Progress.End.AT);
        return new HypercallExit(
                Conduit.SMC,
                immediate,
                state,
                architecture.exceptionLevel(pstate),
                Instructions.WIDTH,
                false,
                dataOrder.isBigOnException(),
                GeneralRegisters.copyOf(registers));
    }

    @Override
    public void blockTranslated(long address, int size) {
        layout.clearItFlag(engine);
        long pstate = pstate();
        search.look(address, address + size, pstate, isAtPl0(pstate));
        search.found().removeIf(watched::contains);
        search.times().removeIf(watched::contains);
        if (!search.isEmpty() || ((pstate & THUMB) != 0 && !count.isTwice())) {
            block = address;
            engine.stop();
        }
    }

    @Override
    public void instructionReached(long address) {
        if (address == unlessCalled) {
            engine.stop();
            return;
        }
        long pstate = pstate();
        // The code may have changed since it was examined.
        if ((pstate & THUMB) == 0) {
            reachedA32(address, pstate);
        } else {
            reachedT32(address, pstate);
        }
    }

    private void reachedA32(long address, long pstate) {
        int word = memory.word(address);
        if (exportsFailedCalls(pstate) && Aarch32Code.isConditionalSmc(word)) {
            unlessCalled = address + INSTRUCTION;
        } else if (Aarch32Code.isTimeAccess(word) && Aarch32Code.holds(word >>> 28, pstate)) {
            access(word, pstate);
        }
    }

    private void reachedT32(long address, long pstate) {
        int first = memory.halfword(address);
        int length = Aarch32Code.itLength(first);
        if (length > 0) {
            if (substitute == null && search.hasTimeAccess(address + 2, length)) {
                refuse(GuestFault.Kind.TIME_IN_IT_BLOCK);
            } else if (exportsFailedCalls(pstate)) {
                unlessCalled = search.afterSmc(address + 2, length);
            }
        } else if (Aarch32Code.isWideThumb(first)) {
            int instruction = memory.wideThumb(address);
            if (Aarch32Code.isTimeAccess(instruction)) {
                access(instruction, pstate);
            }
        }
    }

    /// False at EL0, because SMC is undefined there.
    private boolean exportsFailedCalls(long pstate) {
        return failedCalls && !isAtPl0(pstate);
    }

    private boolean isAtPl0(long pstate) {
        return architecture.exceptionLevel(pstate) == 0;
    }

    private void access(int instruction, long pstate) {
        switch (time.access(instruction, !isAtPl0(pstate))) {
            case SERVED -> {
                served = true;
                engine.stop();
            }
            case UNPREDICTABLE -> refuse(GuestFault.Kind.UNDEFINED_INSTRUCTION);
            case NOT_SERVED -> {}
        }
    }

    private void refuse(GuestFault.Kind kind) {
        fault = new GuestFault(kind, 0, 0);
        engine.stop();
    }

    private void watchFound() {
        for (long address : search.found()) {
            if (watched.add(address)) {
                engine.hookInstruction(address);
                // The instruction after an SMC may have been translated long ago.
                if (memory.isCode(address)) {
                    engine.removeCache(address, address + 1);
                }
            }
        }
        search.found().clear();
    }

    private long pstate() {
        cpsr.read();
        return cpsr.get(0, 0);
    }
}

package dev.trapline.unicorn.a32;

import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.layout.Aarch32StateLayout;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.CpuLayout;
import dev.trapline.unicorn.layout.InstanceLayout;
import dev.trapline.unicorn.layout.ItState;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.AddressSpace;
import dev.trapline.unicorn.slice.Architecture;
import dev.trapline.unicorn.slice.BusErrors;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Faults;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.slice.InterruptInputs;
import dev.trapline.unicorn.slice.Progress;
import dev.trapline.unicorn.translation.AddressTranslation;
import dev.trapline.unicorn.translation.CodePages;
import dev.trapline.unicorn.translation.Translations;
import java.lang.foreign.MemorySegment;

/// Runs the AArch32 programs of a wired AArch64 CPU: EL0 in AArch32 state.
///
/// They run in a second instance of the library, which counts each instruction as an AArch32 engine does. The state of
/// the CPU is copied to it before a run, and back after it. Its TLB is emptied whenever the CPU was in AArch64 state,
/// or executed an operation on TLBs.
public final class Aarch32User {

    private static final int A64_NOP = 0xd503_201f;
    private static final int EC_WFX = 1;
    /// ESR_EL1.IL.
    private static final long IL = 1 << 25;

    private static final long THUMB = 1 << 5;
    /// SCTLR_EL1.nTWI: EL0 may execute WFI.
    private static final long NOT_TRAP_WFI = 1 << 16;

    private final Unicorn cpu;
    private final EngineHooks hooks;
    private final Unicorn engine;
    private final Aarch32StateLayout layout;
    private final InstanceLayout instance;
    private final Aarch32Count count;
    private final Aarch32ItBlocks itBlocks;
    private final Aarch32UserHooks own;
    private final InterruptInputs inputs;
    private final BusErrors bus;
    private final Progress progress;
    private final Faults faults;
    private final Translations translations;
    private final Aarch32UserTime time;
    private final long[] atGap = new long[GeneralRegisters.COUNT];
    private boolean kept;
    private boolean stale = true;
    private long executed;

    /// @param cpu the engine's own instance
    /// @param wiring that of the CPU
    public Aarch32User(
            Unicorn cpu,
            EngineHooks hooks,
            Layouts layouts,
            Architecture architecture,
            EngineSpec spec,
            Aarch32StateLayout layout,
            CpuWiring wiring) {
        this.cpu = cpu;
        this.hooks = hooks;
        this.layout = layout;
        this.engine = Unicorn.open(layouts.library(), architecture.arch(), architecture.model(spec));
        // The library does not report the first block that an instance translates.
        Aarch32.execute(engine, A64_NOP);
        MemoryMap memory = spec.memory();
        Instructions instructions = new Instructions(memory);
        AddressTranslation translation = new AddressTranslation.A64(engine);
        this.instance = layouts.instance().forAarch32(layouts.library());
        this.count = new Aarch32Count(engine, instance);
        this.progress = new Progress(count::begun);
        this.bus = new BusErrors(memory, architecture.generalRegisters(engine), translation, progress);
        this.itBlocks = new Aarch32ItBlocks(address -> {
            long physical = translation.physical(address);
            return physical == AddressTranslation.NONE ? 0 : instructions.halfword(physical);
        });
        this.inputs = new InterruptInputs(wiring, engine::stop);
        this.own = new Aarch32UserHooks(engine, bus, progress, inputs, this::keepRegisters);
        bus.wire(inputs);
        bus.knowUnstoppable(_ -> isUnstoppable());
        this.faults = new Faults(engine, architecture, architecture.layout(layouts));
        this.time = new Aarch32UserTime(hooks);
        CpuLayout known = layouts.cpu().orElse(null);
        CpuFlags flags = CpuFlags.of(engine, layouts.switching(), known);
        this.translations = new Translations(engine, memory, hooks::mmuSeen, translation, flags);
        AddressSpace space = new AddressSpace(engine, memory);
        space.map(bus);
        engine.hookExceptions(own);
        engine.hookTranslation(this::translated);
        CodePages pages = new CodePages(memory, translation::physical, translations);
        engine.hookTranslation(pages);
        translations.know(pages);
        space.mapGaps(engine.upcalls().gapStubs(own), true);
        count.countTwice();
    }

    private void translated(long address, int size) {
        instance.clearItFlag(engine);
        long[] now = new long[GeneralRegisters.COUNT];
        layout.read(engine.saveContext(), now);
        long pstate = now[GeneralRegisters.PSTATE];
        long end = address + size;
        itBlocks.forget(address, end);
        if ((pstate & THUMB) != 0) {
            long at = itBlocks.look(address, ItState.remaining(pstate), end);
            while (at < end) {
                int length = Aarch32Code.itLength(itBlocks.halfword(at));
                at = length > 0 ? itBlocks.look(at + 2, length, end) : itBlocks.skip(at, 1);
            }
        }
    }

    /// Whether the instruction that accesses a device is in an IT block. If not, it will run again, alone.
    private boolean isUnstoppable() {
        keepRegisters();
        return itBlocks.contains(atGap[GeneralRegisters.PC]);
    }

    /// Keeps the registers before an instruction that fails, or that will run again.
    private void keepRegisters() {
        layout.read(engine.saveContext(), atGap);
        kept = true;
    }

    /// Called when the CPU enters AArch32 state, and when an operation on TLBs was executed.
    public void emptyTlb() {
        stale = true;
    }

    /// See [dev.trapline.unicorn.translation.Maintainer#drop].
    public void drop(long address, long length) {
        translations.drop(address, length);
    }

    /// See [dev.trapline.unicorn.translation.Maintainer#maintain].
    public void maintain(Exit.Maintenance operation) {
        stale = true;
        if (operation.isInstructionCache()) {
            translations.maintain(operation);
        }
    }

    /// The A32 instruction at a virtual address.
    public int word(long address) {
        return itBlocks.halfword(address) | itBlocks.halfword(address + Short.BYTES) << Short.SIZE;
    }

    /// The T32 instruction at a virtual address.
    public int thumb(long address) {
        return itBlocks.thumb(address);
    }

    /// Whether code at a virtual address is in memory.
    private boolean isMemory(long address) {
        return translations.isMemory(address);
    }

    /// Runs a part of a slice.
    ///
    /// @param registers get the registers at its end
    /// @return [Exit.BudgetUsed], [Exit.WaitForInterrupt], or the exception of an instruction
    public Exit run(long budget, long now, long shown, long[] registers) {
        engine.context.loadFrom(cpu.context);
        if (stale) {
            translations.emptyTlb();
            stale = false;
        }
        executed = 0;
        long highest = shown;
        hooks.beginSlice(now, shown);
        inputs.beginPart();
        Exit exit = Exit.BudgetUsed.INSTANCE;
        while (executed < budget && exit instanceof Exit.BudgetUsed && !isOver()) {
            exit = runOnce(bus.endedBeforeAccess() ? 1 : budget - executed, registers);
            if (exit instanceof GuestFault fault && fault.kind() == GuestFault.Kind.UNDEFINED_INSTRUCTION) {
                exit = time.perform(fault, now, highest, executed, registers) ? Exit.BudgetUsed.INSTANCE : fault;
                highest = hooks.shown();
                if (exit instanceof Exit.BudgetUsed) {
                    executed++;
                    write(registers);
                    if (time.wroteTimer()) {
                        break;
                    }
                }
            }
        }
        cpu.context.loadFrom(engine.context);
        return exit;
    }

    private boolean isOver() {
        return inputs.isPartOver() && !bus.endedBeforeAccess();
    }

    private Exit runOnce(long budget, long[] registers) {
        own.beginRun();
        kept = false;
        progress.beginSlice();
        layout.read(engine.saveContext(), registers);
        int code = count.run(registers[GeneralRegisters.PC], budget);
        layout.read(engine.saveContext(), registers);
        long completed = count.completed(budget);
        GuestFault unanswered = bus.fault();
        if (unanswered != null) {
            if (kept) {
                System.arraycopy(atGap, 0, registers, 0, registers.length);
                write(registers);
            }
            return unanswered(unanswered, registers[GeneralRegisters.PC]);
        }
        if (bus.endedBeforeAccess()) {
            executed += progress.completed(completed);
            System.arraycopy(atGap, 0, registers, 0, registers.length);
            write(registers);
            return Exit.BudgetUsed.INSTANCE;
        }
        int interrupt = own.interrupt();
        if (interrupt == EngineHooks.NO_INTERRUPT && code != UnicornConstants.UC_ERR_OK) {
            progress.end(Progress.End.AT);
            interrupt = UnicornConstants.EXCP_UDEF;
        }
        executed += progress.completed(completed);
        if (interrupt != EngineHooks.NO_INTERRUPT) {
            return exception(interrupt, registers);
        }
        long next = itBlocks.corrected(registers[GeneralRegisters.PC], registers[GeneralRegisters.PSTATE]);
        if (next != registers[GeneralRegisters.PC]) {
            registers[GeneralRegisters.PC] = next;
            write(registers);
        }
        return Exit.BudgetUsed.INSTANCE;
    }

    /// The library's own PC is not that of AArch32 code, so that the kind has to be found out.
    private Exit unanswered(GuestFault fault, long pc) {
        boolean fetch = fault.kind() != GuestFault.Kind.UNMAPPED_WRITE && !isMemory(pc);
        executed += count.begun() - (fetch ? 0 : 1);
        return fetch ? new GuestFault(GuestFault.Kind.UNMAPPED_FETCH, fault.address(), 0) : fault;
    }

    private Exit exception(int interrupt, long[] registers) {
        GuestFault fault = faults.exception(interrupt);
        boolean waits = interrupt == UnicornConstants.EXCP_UDEF && fault.detail() >>> 26 == EC_WFX;
        if (waits && (engine.readSystem(SystemRegister.SCTLR_EL1) & NOT_TRAP_WFI) != 0) {
            registers[GeneralRegisters.PC] += faults.instructionWidth();
            registers[GeneralRegisters.PSTATE] = ItState.advanced(registers[GeneralRegisters.PSTATE]);
            write(registers);
            executed++;
            return Exit.WaitForInterrupt.INSTANCE;
        }
        // BKPT of T32 has 16 bits; the library says 32.
        boolean narrow =
                fault.kind() == GuestFault.Kind.BREAKPOINT && (registers[GeneralRegisters.PSTATE] & THUMB) != 0;
        return narrow ? new GuestFault(fault.kind(), fault.address(), fault.detail() & ~IL) : fault;
    }

    /// Writes r0 to r14, PC and the IT state.
    private void write(long[] registers) {
        MemorySegment image = engine.saveContext();
        for (int n = 0; n < 15; n++) {
            layout.write(image, n, registers[n]);
        }
        layout.writePc(image, registers[GeneralRegisters.PC], registers[GeneralRegisters.PSTATE]);
        engine.restoreContext();
    }

    /// How many instructions the last part completed.
    public long executed() {
        return executed;
    }

    public void close() {
        engine.close();
    }
}

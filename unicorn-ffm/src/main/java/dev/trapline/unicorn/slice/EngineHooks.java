package dev.trapline.unicorn.slice;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.board.cpu.VirtualClock;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.translation.Translations;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The hooks of one engine, which record what happens in a slice while guest code runs. Reads of the time are answered
/// immediately; everything else that ends the slice is handled when the library has returned.
public final class EngineHooks implements BusHooks {

    public static final int NO_INTERRUPT = -1;

    private static final long EL_MASK = 0xc;
    private static final long AARCH32 = 0x10;
    private static final int MAINTENANCE_BITS = 0x3fff;

    private final Unicorn engine;
    private final VirtualClock clock = new VirtualClock(this::completed);
    private final TimeRegisters time;
    private final @Nullable DebugRegisters debug;
    /// PSTATE and PC.
    private final RegisterBatch state;
    private final RegisterBatch target;
    /// Null if the CPU is not wired.
    private @Nullable InterruptInputs inputs;

    private int interrupt;
    private final BusErrors bus;
    private final Progress progress;
    private Exit.@Nullable Maintenance maintenance;
    private boolean mmuSeen;
    private boolean bigEndian;
    private @Nullable BlockRun counted;
    /// Counts the instructions of a slice while another instance runs it; null otherwise.
    private @Nullable LongSupplier elsewhere;

    /// Prepares hooks of one engine.
    ///
    /// @param debug the hardware breakpoints of AArch64, null for AArch32
    /// @param monitorControl the reset value of PMCR_EL0 of the CPU model
    public EngineHooks(
            Unicorn engine, @Nullable DebugRegisters debug, long monitorControl, BusErrors bus, Progress progress) {
        this.engine = engine;
        this.bus = bus;
        this.progress = progress;
        this.debug = debug;
        this.time = new TimeRegisters(clock, monitorControl);
        this.state = engine.registers(UnicornConstants.UC_ARM64_REG_PSTATE, UnicornConstants.UC_ARM64_REG_PC);
        this.target = engine.registers(UnicornConstants.UC_ARM64_REG_X0);
    }

    /// Makes the CPU a wired one.
    void wire(InterruptInputs wired) {
        inputs = wired;
        bus.wire(wired);
    }

    public void beginSlice(long now, long shown) {
        clock.beginSlice(now, shown);
        interrupt = NO_INTERRUPT;
        maintenance = null;
        bus.beginSlice();
        progress.beginSlice();
        if (inputs != null) {
            inputs.beginPart();
        }
    }

    @Override
    public void interrupt(int number) {
        BlockRun run = counted;
        // An access to page tables outside of memory is repeated when its instruction is known.
        if (run == null || !run.isRepeating()) {
            interrupt = number;
            progress.end(end(number));
        }
        engine.stop();
    }

    /// Where an exception ends the slice.
    public static Progress.End end(int exception) {
        return switch (exception) {
            case UnicornConstants.EXCP_HVC, UnicornConstants.EXCP_SMC, UnicornConstants.EXCP_SWI -> Progress.End.BEHIND;
            case UnicornConstants.EXCP_PREFETCH_ABORT -> Progress.End.BEFORE;
            default -> Progress.End.AT;
        };
    }

    @Override
    public BusErrors bus() {
        return bus;
    }

    @Override
    public void nobodyAnswers(long address, boolean write) {
        bus.nobodyAnswers(address, write);
        engine.stop();
    }

    /// Sets the run that repeats instructions whose exact position is needed.
    public void count(BlockRun run) {
        counted = run;
        bus.count(run);
        progress.leaveToBlocks();
    }

    /// Called for an ignored store of a counted run; the PC is that of its instruction.
    public void storeIgnored() {
        bus.storeIgnored();
    }

    /// Whether something has requested the end of the slice.
    public boolean ended() {
        boolean over = inputs != null && inputs.isPartOver();
        return over || interrupt != NO_INTERRUPT || maintenance != null || bus.fault() != null;
    }

    @Override
    public boolean concerns(int encoding) {
        return (SystemRegister.op0(encoding) == 1 && Translations.concernsOthers(encoding))
                || encoding == SystemRegister.SCTLR_EL1
                || TimeRegisters.concerns(encoding)
                || (debug != null && debug.concerns(encoding))
                || (inputs != null
                        && (encoding == SystemRegister.ISR_EL1
                                || inputs.controller().concerns(encoding)));
    }

    @Override
    public boolean readSystem(int register, int rt) {
        if (!TimeRegisters.concerns(register)) {
            return inputs != null && readOfWired(inputs, register, rt);
        }
        if (!time.read(register, privileged())) {
            return false;
        }
        answer(rt, time.value());
        return true;
    }

    private boolean readOfWired(InterruptInputs wired, int register, int rt) {
        if (register == SystemRegister.ISR_EL1 && privileged()) {
            answer(rt, wired.status());
            return true;
        }
        ControllerAccess controller = wired.controller();
        long features = controller.features(register);
        if (features != 0 && privileged()) {
            answer(rt, engine.readSystem(register) | features);
            return true;
        }
        controller.reads(register, rt);
        return false;
    }

    /// Writes the result of an MRS.
    ///
    /// @param rt the number of the general register; nothing happens for 31, which is XZR
    public void answer(int rt, long value) {
        if (rt != 31) {
            target.setId(0, UnicornConstants.x(rt));
            target.set(0, 0, value);
            target.write(1);
        }
    }

    @Override
    public boolean writeSystem(int register, long value) {
        if (register == SystemRegister.SCTLR_EL1) {
            mmuSeen |= (value & 1) != 0;
            // At EL0, the library refuses the write.
            bigEndian = privileged() ? (value & DataOrderControl.EXCEPTION_ENDIAN) != 0 : bigEndian;
            return false;
        }
        if (debug != null && debug.concerns(register)) {
            // At EL0, the library refuses the write before it has an effect.
            boolean privileged = privileged();
            if (privileged) {
                debug.write(register, value);
            }
            return privileged;
        }
        if (!TimeRegisters.concerns(register)) {
            if (inputs != null) {
                inputs.controller().writes(register, value);
            }
            return false;
        }
        if (!time.write(register, value, privileged())) {
            return false;
        }
        if (inputs != null && TimeRegisters.isTimer(register)) {
            progress.end(Progress.End.BEHIND);
            inputs.endPart();
        }
        return true;
    }

    @Override
    public void systemInstruction(int operation, long argument) {
        if (Translations.concernsOthers(operation)) {
            maintenance = new Exit.Maintenance(operation & MAINTENANCE_BITS, argument);
            progress.end(Progress.End.BEHIND);
            engine.stop();
        }
    }

    /// Whether the instruction for which a hook was called is executed above EL0.
    private boolean privileged() {
        state.read();
        long value = state.get(0, 0);
        return (value & EL_MASK) != 0 && (value & AARCH32) == 0;
    }

    /// How many instructions of the slice are done before the one that reads the time. [#privileged] must have been
    /// called for that instruction.
    private long completed() {
        if (elsewhere != null) {
            return elsewhere.getAsLong();
        }
        BlockRun run = counted;
        return run == null ? progress.before() : run.before(state.get(1, 0));
    }

    /// Sets the instance that runs the slice.
    ///
    /// @param count how many instructions of the slice it has completed; null if it is the engine's own
    public void runElsewhere(@Nullable LongSupplier count) {
        elsewhere = count;
    }

    /// See [dev.trapline.abi.engine.Engine#shown].
    public long shown() {
        return clock.shown();
    }

    /// The exception that ended the slice, or [#NO_INTERRUPT].
    int interrupt() {
        return interrupt;
    }

    /// The maintenance operation that the guest executed last in this slice. The library may have refused it
    /// afterwards.
    Exit.@Nullable Maintenance maintenance() {
        return maintenance;
    }

    /// Whether the guest ever tried to switch its MMU on. From then on, an address may not be a physical one.
    public boolean mmuSeen() {
        return mmuSeen;
    }

    /// SCTLR_EL1.EE, as the guest or [#setBigEndian] wrote it last.
    public boolean isBigEndian() {
        return bigEndian;
    }

    public void setBigEndian(boolean big) {
        bigEndian = big;
    }

    public TimeRegisters time() {
        return time;
    }

    /// Saves the state that lasts from one slice to the next.
    public void save(StateWriter state) {
        state.put(mmuSeen);
        state.put(bigEndian);
        time.save(state);
    }

    public void load(StateReader state) {
        mmuSeen = state.takeFlag();
        bigEndian = state.takeFlag();
        time.load(state);
    }
}

package dev.trapline.unicorn;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.AccessListener;
import dev.trapline.abi.engine.CodeListener;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.unicorn.a32.Aarch32Count;
import dev.trapline.unicorn.a32.Aarch32DataOrder;
import dev.trapline.unicorn.a32.Aarch32Exceptions;
import dev.trapline.unicorn.a32.Aarch32Memory;
import dev.trapline.unicorn.a32.Aarch32Run;
import dev.trapline.unicorn.a32.Aarch32Time;
import dev.trapline.unicorn.a32.Aarch32Watch;
import dev.trapline.unicorn.a64.Aarch64DataOrder;
import dev.trapline.unicorn.a64.Aarch64Exceptions;
import dev.trapline.unicorn.a64.ExceptionSwitch;
import dev.trapline.unicorn.counting.CountedRun;
import dev.trapline.unicorn.ffi.GapStubs;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.CpuLayout;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.AddressSpace;
import dev.trapline.unicorn.slice.Architecture;
import dev.trapline.unicorn.slice.BusErrors;
import dev.trapline.unicorn.slice.CpuExceptions;
import dev.trapline.unicorn.slice.DataOrderControl;
import dev.trapline.unicorn.slice.DebugRegisters;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.ExceptionRun;
import dev.trapline.unicorn.slice.Exits;
import dev.trapline.unicorn.slice.Faults;
import dev.trapline.unicorn.slice.Instructions;
import dev.trapline.unicorn.slice.InterruptInputs;
import dev.trapline.unicorn.slice.Progress;
import dev.trapline.unicorn.slice.RoutedDevices;
import dev.trapline.unicorn.slice.StateCheck;
import dev.trapline.unicorn.translation.AddressTranslation;
import dev.trapline.unicorn.translation.CodePages;
import dev.trapline.unicorn.translation.FetchedCode;
import dev.trapline.unicorn.translation.Maintainer;
import dev.trapline.unicorn.translation.TranslationUse;
import dev.trapline.unicorn.translation.Translations;
import org.jspecify.annotations.Nullable;

/// Implements the engine port with a CPU of the library.
///
/// No instruction of a guest may affect the process in which the library runs. Runs of random instructions in child
/// processes found one way to do so, hardware breakpoints ([DebugRegisters]). Another is SVE, which the offered models
/// do not have.
///
/// It is made of parts that know each other; [PartRun] runs the guest.
final class UnicornEngine implements Engine {

    private final Layouts layouts;
    private final Unicorn unicorn;
    private final Architecture architecture;
    private final EngineHooks hooks;
    private final BusErrors bus;
    private final Translations translations;
    private final Faults faults;
    private final PartRun parts;
    private final TranslationUse use;
    private Maintainer maintainer;
    private final @Nullable ExceptionSwitch exceptions;
    private final DataOrderControl dataOrder;
    /// Null if the CPU is not wired.
    private @Nullable ExceptionRun wired;
    /// Null on AArch32.
    private final @Nullable CpuFlags flags;
    private final RegisterBatch general;
    private final Architecture.StateDigest stateDigest;
    /// Those of [PartRun].
    private final long[] registers;
    /// Its state when it was opened.
    private Bytes atOpening = Bytes.EMPTY;

    private UnicornEngine(Unicorn unicorn, Layouts layouts, Architecture architecture, EngineSpec spec) {
        this.layouts = layouts;
        this.unicorn = unicorn;
        this.architecture = architecture;
        boolean a64 = architecture.width() == Width.AARCH64;
        Instructions instructions = new Instructions(spec.memory());
        AddressTranslation translation =
                a64 ? new AddressTranslation.A64(unicorn) : new Aarch32Memory(unicorn, instructions);
        CpuLayout cpu = a64 ? layouts.cpu().orElse(null) : null;
        this.flags = a64 ? CpuFlags.of(unicorn, layouts.switching(), cpu) : null;
        Aarch32Count count =
                a64 ? null : new Aarch32Count(unicorn, layouts.instance().forAarch32(layouts.library()));
        // A CPU that counts blocks never looks for that layout.
        Progress progress =
                new Progress(count == null ? () -> layouts.instance().begun(unicorn) : count::begun);
        this.bus = new BusErrors(spec.memory(), architecture.generalRegisters(unicorn), translation, progress);
        this.hooks = new EngineHooks(
                unicorn, a64 ? new DebugRegisters(unicorn) : null, architecture.monitorControl(unicorn), bus, progress);
        this.translations = new Translations(unicorn, spec.memory(), hooks::mmuSeen, translation, flags);
        this.maintainer = translations;
        this.faults = new Faults(unicorn, architecture, architecture.layout(layouts));
        this.use = new TranslationUse(
                unicorn, layouts.codeBuffer(architecture.arch()).orElse(null));
        ExceptionSwitch switching = a64 ? new ExceptionSwitch(unicorn, layouts.switching()) : null;
        this.exceptions = switching;
        this.dataOrder =
                switching == null ? Aarch32DataOrder.of(unicorn) : new Aarch64DataOrder(unicorn, hooks, switching);
        this.general = architecture.generalRegisters(unicorn);
        Exits exits =
                new Exits(architecture, hooks, bus, faults, translations, instructions, dataOrder, general, progress);
        this.stateDigest = architecture.stateDigest(unicorn);
        this.parts =
                new PartRun(unicorn, architecture, hooks, exits, progress, translations, general, count, cpu, flags);
        this.registers = parts.registers();
        if (count != null) {
            parts.runNarrow(aarch32(count, exits, progress, instructions, spec));
        }
    }

    private Aarch32Run aarch32(
            Aarch32Count counting, Exits exits, Progress progress, Instructions instructions, EngineSpec spec) {
        Aarch32Watch watch = new Aarch32Watch(
                unicorn,
                architecture,
                layouts.instance(),
                counting,
                translations::dropAll,
                instructions,
                new Aarch32Time(unicorn, hooks.time()),
                progress,
                spec);
        bus.knowUnstoppable(watch::isConditional);
        return new Aarch32Run(
                watch, counting, parts::startNarrow, hooks, exits, faults, use, progress, dataOrder, registers);
    }

    private void wire(CpuWiring wiring, EngineSpec spec) {
        InterruptInputs inputs = new InterruptInputs(wiring, unicorn::stop);
        Instructions instructions = new Instructions(spec.memory());
        CpuExceptions taking = exceptions == null
                ? new Aarch32Exceptions(parts, unicorn, faults, hooks.time(), instructions, registers)
                : new Aarch64Exceptions(parts, layouts, unicorn, spec, exceptions, inputs, hooks, registers);
        maintainer = taking.maintainer(translations);
        wired = new ExceptionRun(parts, taking, inputs, hooks, bus, registers);
    }

    /// Who is told what the engine does.
    ///
    /// @param code null if nobody wants to know which code is reached
    /// @param accesses null if nobody wants to know of loads and stores
    record Listeners(@Nullable CodeListener code, @Nullable AccessListener accesses) {
        static final Listeners NONE = new Listeners(null, null);
    }

    static UnicornEngine open(
            Layouts layouts, Architecture architecture, EngineSpec spec, Shortcuts shortcuts, Listeners listeners) {
        Unicorn unicorn = Unicorn.open(layouts.library(), architecture.arch(), architecture.model(spec));
        boolean opened = false;
        try {
            architecture.warmUp(unicorn);
            architecture.setUp(unicorn, spec);
            CpuWiring wiring = spec.wiring();
            EngineSpec seen = wiring == null ? spec : spec.withMemory(RoutedDevices.in(spec.memory()));
            UnicornEngine engine = new UnicornEngine(unicorn, layouts, architecture, seen);
            if (wiring != null) {
                engine.wire(wiring, seen);
            }
            engine.map(seen.memory(), shortcuts, listeners);
            engine.parts.fetchRegisters();
            engine.atOpening = engine.save();
            opened = true;
            return engine;
        } finally {
            if (!opened) {
                unicorn.close();
            }
        }
    }

    private void map(MemoryMap memory, Shortcuts shortcuts, Listeners listeners) {
        AddressSpace space = new AddressSpace(unicorn, memory);
        space.map(bus);
        unicorn.hookExceptions(hooks);
        if (listeners.accesses() != null) {
            unicorn.hookAccesses(listeners.accesses());
        }
        GapStubs stubs = unicorn.upcalls().gapStubs(hooks);
        if (flags != null) {
            CountedRun run = shortcuts.install(unicorn, flags, memory, hooks);
            if (run == null) {
                layouts.instance().requireCounter(layouts.library());
            } else {
                if (listeners.code() != null) {
                    run.reportTo(listeners.code());
                }
                parts.count(run);
                hooks.count(run);
                use.leaveOut(run::isTranslatingPiece);
                stubs = run.wrap(stubs);
            }
            unicorn.hookSystemInstructions(hooks);
            unicorn.hookTranslation(new StateCheck(unicorn, flags, bus));
            FetchedCode code = new FetchedCode(unicorn, flags, layouts.cpu().orElse(null), translations);
            parts.know(code);
            bus.knowFetched(code::has);
            CodePages pages = new CodePages(memory, code::physical, translations);
            unicorn.hookTranslation(pages);
            translations.know(pages);
        }
        space.mapGaps(stubs, flags != null);
    }

    @Override
    public Exit run(long budget, long now, long shown) {
        if (budget < 1 || budget > MAX_BUDGET) {
            throw new IllegalArgumentException("a budget is 1 to " + MAX_BUDGET + " instructions, not " + budget);
        }
        if (wired == null) {
            return parts.runPart(budget, now, shown, false);
        }
        return wired.run(budget, now, shown);
    }

    @Override
    public long executed() {
        return wired == null ? parts.executed() : wired.executed();
    }

    @Override
    public long shown() {
        return parts.shown();
    }

    /// How many blocks of code count their instructions by themselves.
    int countingBlocks() {
        return parts.countingBlocks();
    }

    @Override
    public long deadline(CpuTimer timer) {
        return hooks.time().deadline(timer);
    }

    @Override
    public void returnFromException(long pc, long pstate) {
        ExceptionSwitch.required(exceptions).returnTo(registers, pc, pstate);
    }

    @Override
    public void takeException(ExceptionEntry entry) {
        ExceptionSwitch.required(exceptions).take(registers, entry);
    }

    @Override
    public void readRegisters(long[] into) {
        unicorn.handle();
        System.arraycopy(registers, 0, into, 0, GeneralRegisters.COUNT);
    }

    @Override
    public void readRegisters(long[] into, RegisterWrites pending) {
        readRegisters(into);
        if (pending.count() > 0) {
            pending.applyTo(into);
            architecture.normalise(into);
        }
    }

    @Override
    public void writeRegisters(RegisterWrites writes) {
        writes.applyTo(registers);
        architecture.normalise(registers);
        // Registers between the written ones are written with their current values.
        int count = Integer.SIZE - Integer.numberOfLeadingZeros(writes.mask());
        general.writeFrom(registers, Math.min(count, architecture.numbered()));
    }

    @Override
    public void writePc(long address) {
        unicorn.handle();
        architecture.setPc(registers, address);
    }

    @Override
    public void writeDataOrder(DataOrder order) {
        unicorn.handle();
        dataOrder.write(order, registers);
    }

    @Override
    public void readTimers(long[] into) {
        unicorn.handle();
        hooks.time().readTimers(into);
    }

    @Override
    public void writeTimers(long[] from) {
        unicorn.handle();
        hooks.time().writeTimers(from);
    }

    @Override
    public long fullDigest() {
        long digest = Digest64.of(registers, GeneralRegisters.COUNT);
        return hooks.time().foldInto(stateDigest.fold(digest, registers));
    }

    @Override
    public void dropTranslations(long address, long length) {
        unicorn.handle();
        maintainer.drop(address, length);
    }

    @Override
    public void maintain(Exit.Maintenance operation) {
        unicorn.handle();
        maintainer.maintain(operation);
    }

    @Override
    public long roomBudget() {
        return TranslationUse.BUDGET;
    }

    @Override
    public Room room() {
        unicorn.handle();
        return use.room();
    }

    @Override
    public void save(StateWriter state) {
        state.putBytes(layouts.image()
                .guests(unicorn.saveContext(), architecture.width() == Width.AARCH64, architecture.layout(layouts)));
        state.put(registers);
        hooks.save(state);
    }

    @Override
    public void load(StateReader state) {
        byte[] image;
        try {
            image = state.takeBytes();
        } catch (StateDamagedException e) {
            throw new EngineException("a CPU state is from another build of the library", e);
        }
        if (image.length != unicorn.saveContext().byteSize()) {
            throw new EngineException("a CPU state of " + image.length + " bytes is from another build of the library");
        }
        unicorn.loadContext(image);
        state.take(registers);
        hooks.load(state);
    }

    @Override
    public boolean restart() {
        if (flags == null && wired == null) {
            // An AArch32 engine also keeps what it knows about the code around its PC.
            return false;
        }
        load(new StateReader(atOpening));
        maintainer.emptyTlb();
        return true;
    }

    @Override
    public void close() {
        if (wired != null) {
            wired.close();
        }
        unicorn.close();
    }
}

package dev.trapline.unicorn;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.unicorn.a32.Aarch32Count;
import dev.trapline.unicorn.a32.Aarch32Run;
import dev.trapline.unicorn.counting.CountedRun;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.CpuLayout;
import dev.trapline.unicorn.layout.TranslationFlags;
import dev.trapline.unicorn.slice.Architecture;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Exits;
import dev.trapline.unicorn.slice.Progress;
import dev.trapline.unicorn.slice.SliceParts;
import dev.trapline.unicorn.translation.FetchedCode;
import dev.trapline.unicorn.translation.Translations;
import org.jspecify.annotations.Nullable;

/// Runs the parts of a slice on an instance of the library, which may count instructions in one of three ways: the
/// library itself, block by block ([CountedRun]), or as AArch32 needs it ([Aarch32Run]).
///
/// The general registers are read once, when the library returns, and kept until something writes them.
final class PartRun implements SliceParts {

    private final Unicorn unicorn;
    private final Architecture architecture;
    private final EngineHooks hooks;
    private final Exits exits;
    private final Progress progress;
    private final Translations translations;
    private final RegisterBatch general;
    /// Null on AArch64.
    private final @Nullable Aarch32Count count;
    /// Null if it is not known.
    private final @Nullable CpuLayout cpu;
    /// Null on AArch32.
    private final @Nullable CpuFlags flags;
    private @Nullable Aarch32Run narrow;
    private @Nullable CountedRun counted;
    private @Nullable FetchedCode fetched;
    private final long[] registers = new long[GeneralRegisters.COUNT];
    private long executed;

    /// @param general reads and writes the general registers
    /// @param count null on AArch64
    /// @param cpu null if it is not known
    /// @param flags null on AArch32
    PartRun(
            Unicorn unicorn,
            Architecture architecture,
            EngineHooks hooks,
            Exits exits,
            Progress progress,
            Translations translations,
            RegisterBatch general,
            @Nullable Aarch32Count count,
            @Nullable CpuLayout cpu,
            @Nullable CpuFlags flags) {
        this.unicorn = unicorn;
        this.architecture = architecture;
        this.hooks = hooks;
        this.exits = exits;
        this.progress = progress;
        this.translations = translations;
        this.general = general;
        this.count = count;
        this.cpu = cpu;
        this.flags = flags;
    }

    /// Makes the CPU one that counts block by block.
    void count(CountedRun run) {
        counted = run;
    }

    /// Makes the CPU an AArch32 one.
    void runNarrow(Aarch32Run run) {
        narrow = run;
    }

    /// Sets what knows which code was fetched.
    void know(FetchedCode code) {
        fetched = code;
    }

    /// What the library returned last, with later writes applied; the PC is where the next part begins. Callers may
    /// change it.
    long[] registers() {
        return registers;
    }

    @Override
    public Exit runPart(long budget, long now, long shown, boolean masked) {
        hooks.beginSlice(now, shown);
        if (cpu != null) {
            cpu.holdSize(cpu.cpu(unicorn));
        }
        if (narrow != null) {
            Exit exit = narrow.run(budget);
            executed = narrow.executed();
            return exit;
        }
        Exit exit = exits.exit(start(budget, masked), registers);
        executed = counted == null
                ? progress.completed(budget)
                : counted.completed(progress.end(), registers[GeneralRegisters.PC]);
        return exit;
    }

    /// Runs the library once, for [Aarch32Run].
    ///
    /// @return its error number
    int startNarrow(long budget) {
        return start(budget, false);
    }

    private int start(long budget, boolean masked) {
        long begin = architecture.startAddress(registers[GeneralRegisters.PC], registers[GeneralRegisters.PSTATE]);
        int code;
        if (counted != null) {
            code = counted.run(begin, budget, masked);
        } else {
            code = count == null ? unicorn.start(begin, budget) : count.run(begin, budget);
        }
        fetchRegisters();
        return code;
    }

    @Override
    public void fetchRegisters() {
        general.read();
        general.copyTo(registers, GeneralRegisters.COUNT);
    }

    @Override
    public long executed() {
        return executed;
    }

    @Override
    public long shown() {
        return hooks.shown();
    }

    @Override
    public boolean isInAarch32() {
        return flags != null && !TranslationFlags.isAarch64(flags.get());
    }

    @Override
    public boolean seesUnmasking() {
        return counted != null;
    }

    @Override
    public boolean isFetchable(long address) {
        return (fetched != null && fetched.has(address)) || translations.isMemory(address);
    }

    /// How many blocks of code count their instructions by themselves.
    int countingBlocks() {
        return counted == null ? 0 : counted.countingBlocks();
    }
}

package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.Exit;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.slice.DataOrderControl;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Exits;
import dev.trapline.unicorn.slice.Faults;
import dev.trapline.unicorn.slice.Progress;
import dev.trapline.unicorn.translation.TranslationUse;
import java.util.function.LongToIntFunction;

/// Runs the slices of an AArch32 CPU: in parts, because the library cannot stop at everything that a slice has to stop
/// at. [Aarch32Watch] finds it.
public final class Aarch32Run {

    private final Aarch32Watch watch;
    private final Aarch32Count count;
    private final LongToIntFunction start;
    private final EngineHooks hooks;
    private final Exits exits;
    private final Faults faults;
    private final TranslationUse use;
    private final Progress progress;
    private final DataOrderControl dataOrder;
    private final long[] registers;
    private long executed;

    /// @param start runs the library for at most a number of instructions, and returns its error number
    /// @param registers the general registers, current after each run of the library
    public Aarch32Run(
            Aarch32Watch watch,
            Aarch32Count count,
            LongToIntFunction start,
            EngineHooks hooks,
            Exits exits,
            Faults faults,
            TranslationUse use,
            Progress progress,
            DataOrderControl dataOrder,
            long[] registers) {
        this.watch = watch;
        this.count = count;
        this.start = start;
        this.hooks = hooks;
        this.exits = exits;
        this.faults = faults;
        this.use = use;
        this.progress = progress;
        this.dataOrder = dataOrder;
        this.registers = registers;
    }

    /// Runs a slice.
    public Exit run(long budget) {
        watch.beginSlice(registers);
        int code = UnicornConstants.UC_ERR_OK;
        long done = 0;
        long inLast = 0;
        boolean goesOn = true;
        while (goesOn && done < budget) {
            use.requireRoom();
            progress.beginRun(done);
            long left = budget - done;
            code = watch.passHint(start.applyAsInt(left), faults, registers);
            inLast = count.completed(left);
            goesOn = watch.resume(left, registers, isCutShort(code));
            done += goesOn ? inLast : 0;
            if (watch.endsPart()) {
                executed = done;
                return Exit.BudgetUsed.INSTANCE;
            }
        }
        Exit exit = isCutShort(UnicornConstants.UC_ERR_OK) ? null : watch.exit(registers, dataOrder);
        if (exit == null) {
            exit = exits.exit(code, registers);
        }
        executed = goesOn ? done : done + progress.completed(inLast);
        return exit;
    }

    private boolean isCutShort(int code) {
        return code != UnicornConstants.UC_ERR_OK || hooks.ended();
    }

    /// How many instructions the last slice completed.
    public long executed() {
        return executed;
    }
}

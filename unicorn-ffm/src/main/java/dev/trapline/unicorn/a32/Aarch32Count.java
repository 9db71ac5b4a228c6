package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.InstanceLayout;

/// Counts the instructions that an AArch32 instance executes.
///
/// The library counts an instruction before it executes it, and stops before the first one beyond the budget. Within an
/// IT block of T32 it does not stop: it executes and counts the block to its end. Then the count is either the number
/// of executed instructions, or one more, for the instruction before which it stopped, and there is no way to
/// distinguish the two.
///
/// So T32 code is counted twice: the library's counting function is called a second time before each instruction. An
/// executed instruction adds two. An instruction before which the library stops adds one, because the first call
/// requested the stop. Counting twice takes four times as long. So A32 code, which has no IT blocks, is counted once
/// until the CPU first reaches T32 code.
public final class Aarch32Count {

    private final Unicorn engine;
    private final InstanceLayout layout;
    private int step = 1;

    public Aarch32Count(Unicorn engine, InstanceLayout layout) {
        this.engine = engine;
        this.layout = layout;
    }

    /// Whether T32 code can be counted.
    boolean isTwice() {
        return step == 2;
    }

    /// Counts twice from now on. All translations must be dropped.
    void countTwice() {
        step = 2;
        engine.hookInstructions(layout.counting());
    }

    /// Runs guest code, as [Unicorn#start] does.
    public int run(long begin, long budget) {
        return engine.start(begin, budget * step);
    }

    /// How many instructions the last run began: those that it completed, and one at or before which it stopped.
    public long begun() {
        return (layout.begun(engine) + step - 1) / step;
    }

    /// How many instructions the last run completed, if nothing stopped it at an instruction.
    ///
    /// @param budget the run's budget
    long completed(long budget) {
        return isTwice() ? layout.begun(engine) / 2 : Math.min(layout.begun(engine), budget);
    }
}

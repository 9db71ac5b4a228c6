package dev.trapline.unicorn;

/// How many instructions an AArch32 instance executes.
///
/// The library counts an instruction before it executes it, and stops before the first that is one too many. Within an
/// IT block of T32 it does not stop: the block is executed to its end, and counted. Then the count is either that of
/// the instructions executed or one more, for the instruction that it stopped before, and nothing tells which.
///
/// So T32 code is counted twice: the library's function that counts is called once more before each instruction. One
/// that is executed adds two. One that the library stops before adds one, since the first call has asked for the stop.
/// That takes four times as long, so A32 code, which has no IT blocks, is counted once until the CPU first reaches T32
/// code.
final class Aarch32Count {

    private final Unicorn engine;
    private final InstanceLayout layout;
    private int step = 1;

    Aarch32Count(Unicorn engine, InstanceLayout layout) {
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
    int run(long begin, long budget) {
        return engine.start(begin, budget * step);
    }

    /// How many instructions the last run began: those that it completed, and one that it stopped at or before.
    long begun() {
        return (layout.begun(engine) + step - 1) / step;
    }

    /// How many instructions the last run completed, if nothing has stopped it at one of them.
    ///
    /// @param budget how many it was to
    long completed(long budget) {
        return isTwice() ? layout.begun(engine) / 2 : Math.min(layout.begun(engine), budget);
    }
}

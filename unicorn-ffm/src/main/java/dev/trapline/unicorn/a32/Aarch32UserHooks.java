package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.slice.BusErrors;
import dev.trapline.unicorn.slice.BusHooks;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.InterruptInputs;
import dev.trapline.unicorn.slice.Progress;

/// The hooks of the instance that runs AArch32 programs at EL0. It has none on system registers: EL0 can access none in
/// AArch32 state without a trap.
final class Aarch32UserHooks implements BusHooks {

    private final Unicorn engine;
    private final BusErrors bus;
    private final Progress progress;
    private final InterruptInputs inputs;
    private final Runnable beforeFailure;
    private int interrupt = EngineHooks.NO_INTERRUPT;

    /// @param beforeFailure is called before an access that nobody answers has an effect
    Aarch32UserHooks(Unicorn engine, BusErrors bus, Progress progress, InterruptInputs inputs, Runnable beforeFailure) {
        this.engine = engine;
        this.bus = bus;
        this.progress = progress;
        this.inputs = inputs;
        this.beforeFailure = beforeFailure;
    }

    void beginRun() {
        interrupt = EngineHooks.NO_INTERRUPT;
        bus.beginSlice();
        inputs.beginPart();
    }

    /// The exception that ended the run, or [EngineHooks#NO_INTERRUPT].
    int interrupt() {
        return interrupt;
    }

    @Override
    public void interrupt(int number) {
        interrupt = number;
        progress.end(EngineHooks.end(number));
        engine.stop();
    }

    @Override
    public BusErrors bus() {
        return bus;
    }

    @Override
    public void nobodyAnswers(long address, boolean write) {
        if (bus.fault() == null) {
            beforeFailure.run();
        }
        bus.nobodyAnswers(address, write);
        engine.stop();
    }
}

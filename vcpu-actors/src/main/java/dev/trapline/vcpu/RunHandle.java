package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.registry.Policy;
import dev.trapline.journal.record.JournalRecord.Stop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// What the outside holds of a running machine.
///
/// @param check throws if a policy cannot be put in force
/// @param checkInjection throws if what is to be injected is for nobody
record RunHandle(
        CompletableFuture<RunReport> report,
        Controls controls,
        ConsoleInput input,
        Consumer<Policy> check,
        Consumer<Injection> checkInjection)
        implements MachineRun {

    @Override
    public CompletionStage<RunReport> done() {
        return report.minimalCompletionStage();
    }

    @Override
    public void type(Bytes bytes) {
        input.type(bytes);
    }

    @Override
    public long untyped() {
        return input.untyped();
    }

    @Override
    public void reconfigure(Policy policy) {
        check.accept(policy);
        controls.reconfigure(policy);
    }

    @Override
    public void inject(Injection what) {
        checkInjection.accept(what);
        controls.inject(what);
    }

    @Override
    public void stop(Stop.Reason reason) {
        controls.askToStop(reason);
    }

    @Override
    public Progress progress() {
        return controls.progress();
    }

    @Override
    public boolean readsConsole() {
        return controls.isConsoleRead();
    }
}

package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Controls;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.firmware.ServiceGate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The handle of a running machine for other threads.
///
/// @param gate knows which service is running
/// @param history the history; it is closed here if the machine's thread does not return
/// @param check throws if a policy does not fit the machine
/// @param checkInjection throws if an injection has no receiver
record RunHandle(
        CompletableFuture<RunReport> report,
        Controls controls,
        Requests requests,
        ConsoleInput input,
        ServiceGate gate,
        History history,
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
        requests.reconfigure(policy);
    }

    @Override
    public void inject(Injection what) {
        checkInjection.accept(what);
        requests.inject(what);
    }

    @Override
    public void stop(Stop.Reason reason) {
        requests.askToStop(reason);
    }

    @Override
    public @Nullable String runningService() {
        return gate.service();
    }

    @Override
    public long runningCall() {
        return gate.call();
    }

    @Override
    public boolean isRepeating() {
        return history.isReplay();
    }

    @Override
    public boolean waitsForStore() {
        return history.waitsForStore();
    }

    @Override
    public Kept kept() {
        return history.kept();
    }

    @Override
    public boolean giveUp(Stop.Reason reason) {
        Controls.Takeover takeover = controls.takeover();
        List<StackTraceElement> stack = gate.stack();
        String service = takeover == null ? null : gate.takeOver();
        if (takeover == null || service == null) {
            return false;
        }
        takeover.end(new RunOutcome.HeldByService(service, reason == Stop.Reason.TIMEOUT), StackTraces.of(stack));
        history.close().whenComplete((_, failure) -> report.complete(takeover.report(MachineActor.reason(failure))));
        return true;
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

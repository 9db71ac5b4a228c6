package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A running machine. Every method may be called from any thread; requests take effect between slices.
public interface MachineRun {

    /// Completes when the run has ended and its recording is durable. It never fails: failures are outcomes.
    CompletionStage<RunReport> done();

    /// Types bytes on the console. In a replay it does nothing: the recording contains the input.
    void type(Bytes bytes);

    /// The number of typed bytes that the console's receiver has not read yet. The machine keeps all of them in
    /// memory, so a caller that types without end should wait while there are many.
    long untyped();

    /// Changes the policy at the next slice boundary, for all vCPUs at once, and records the change. It survives a
    /// reset of the machine. In a replay it does nothing: the recording contains the changes.
    ///
    /// A running service keeps the context that it got at its start: only the decision for its calls changes.
    ///
    /// @throws dev.trapline.registry.RegistryException immediately, with all errors of the policy on this machine;
    ///     the policy then does not change
    /// @throws IllegalArgumentException if the policy is too large to be recorded
    void reconfigure(Policy policy);

    /// Injects an interrupt or an event at the next slice boundary, and records it. In a replay it does nothing:
    /// the recording contains the injections.
    ///
    /// If no vCPU can run and no input is planned, the machine ends as a deadlock. It does not wait for an
    /// injection.
    ///
    /// @throws IllegalArgumentException if the machine has no such vCPU, no service with this event, or an
    ///     interrupt controller without this interrupt
    void inject(Injection what);

    /// Asks the run to end at the next slice boundary.
    void stop(JournalRecord.Stop.Reason reason);

    /// The service that is running now; null if none is.
    @Nullable
    String runningService();

    /// Which call of a service is running: a number that no earlier call of this run had; -1 if none is.
    long runningCall();

    /// Whether the run still repeats what a recording contains, before it continues live.
    boolean isRepeating();

    /// Whether the run waits until its recording is stored, for example because the disk is full or a database does
    /// not answer.
    boolean waitsForStore();

    /// What is kept of the run if the process ended now.
    Kept kept();

    /// Ends the run while a service is running. It is for a service that does not return after the run was asked to
    /// end. The recording ends at the service's call or event, and can be replayed and continued. After it is
    /// closed, [#done] completes. The service itself cannot be stopped: the machine's thread and memory are freed
    /// only when it returns.
    ///
    /// @param reason why the run was asked to end
    /// @return false if no service is running; then nothing has changed
    boolean giveUp(JournalRecord.Stop.Reason reason);

    /// The run's progress.
    Progress progress();

    /// Whether the guest has read a byte of console input yet.
    boolean readsConsole();
}

package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A machine that is running. Every method may be called from any thread; requests take effect between slices.
public interface MachineRun {

    /// Completes when the run has ended and everything recorded is durable. Never fails: failures are outcomes.
    CompletionStage<RunReport> done();

    /// Offers bytes to the console's receiver. Nothing happens in a replay: its input comes from the recording.
    void type(Bytes bytes);

    /// How many offered bytes the console's receiver has not read yet. The machine keeps them all, so a caller that
    /// offers without end should wait while there are many.
    long untyped();

    /// Changes the policy at the next slice boundary, for all vCPUs at once, and records the change. It survives a
    /// reset of the machine. Nothing happens in a replay: its reconfigurations come from the recording.
    ///
    /// A running service keeps its context from its start: only the path of its calls changes.
    ///
    /// @throws dev.trapline.registry.RegistryException at once, with all errors of the policy on this machine; the
    ///     policy then does not change
    /// @throws IllegalArgumentException if the policy is too large to be recorded
    void reconfigure(Policy policy);

    /// Injects an interrupt or an event at the next slice boundary, and records it. Nothing happens in a replay:
    /// what is injected there comes from the recording.
    ///
    /// A machine in which nothing can run and nothing is planned ends as a deadlock, without waiting for this.
    ///
    /// @throws IllegalArgumentException if the machine has no such vCPU, or no service that knows the event
    void inject(Injection what);

    /// Asks the run to end at the next slice boundary.
    void stop(JournalRecord.Stop.Reason reason);

    /// The service that is running at this moment; null if none is.
    @Nullable
    String serviceAtWork();

    /// Whether the run waits for its recording to be stored: on a disk that is full, or by a database that does not
    /// answer.
    boolean waitsForStore();

    /// Ends the run while a service is running, if the run was asked to end but the service does not return. The
    /// recording is closed as it is, up to the service's call or event, and can be replayed and continued; then
    /// [#done] completes. The service itself cannot be stopped: the machine's thread and memory are freed only when
    /// it returns.
    ///
    /// @param reason why the run was to end
    /// @return false if no service is running; then nothing has changed
    boolean giveUp(JournalRecord.Stop.Reason reason);

    /// How far it has come.
    Progress progress();

    /// Whether the guest has taken a byte of console input yet.
    boolean readsConsole();
}

package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A machine that is running. Every method may be called from any thread; what is asked takes effect between slices.
public interface MachineRun {

    /// Completes when the run has ended and everything recorded is durable. Never fails: what went wrong is an
    /// outcome.
    CompletionStage<RunReport> done();

    /// Offers bytes to the console's receiver. Nothing happens in a replay: its input comes from the recording.
    void type(Bytes bytes);

    /// How many bytes were offered that the console's receiver has not taken yet. Who offers without end waits
    /// while there are many: the machine keeps them all.
    long untyped();

    /// Puts another policy in force at the next slice boundary, for every vCPU at once, and records it. It stays
    /// through a reset of the machine. Nothing happens in a replay: its reconfigurations come from the recording.
    ///
    /// A service that already runs keeps what it was told at its start: only the way of its calls changes.
    ///
    /// @throws dev.trapline.registry.RegistryException at once, with all that is wrong with the policy on this
    ///     machine; the policy in force stays
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

    /// The service that is at work at this moment; null if none is.
    @Nullable
    String serviceAtWork();

    /// Whether the run waits for its recording to be stored: on a disk that is full, or by a database that does not
    /// answer.
    boolean waitsForStore();

    /// Ends the run if a service is at work: for one that was asked to end and does not, because the service does
    /// not return. What was recorded is closed as it is, up to what the service is at work on, and can be replayed
    /// and gone on with; then [#done] completes. The service itself cannot be stopped: the machine's thread and
    /// memory are free again only when it returns.
    ///
    /// @param reason why the run was to end
    /// @return false if no service is at work; then nothing has changed
    boolean giveUp(JournalRecord.Stop.Reason reason);

    /// How far it has come.
    Progress progress();

    /// Whether the guest has taken a byte of console input yet.
    boolean readsConsole();
}

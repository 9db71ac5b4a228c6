package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.registry.Policy;
import dev.trapline.journal.record.JournalRecord;
import java.util.concurrent.CompletionStage;

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
    /// @throws dev.trapline.abi.registry.RegistryException at once, with all that is wrong with the policy on this
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

    /// How far it has come.
    Progress progress();

    /// Whether the guest has taken a byte of console input yet.
    boolean readsConsole();
}

package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.policy.Policy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The user's plans, typed input and requests, with the turns of the machine's schedule.
///
/// Arrivals at the same point have this order: requested policies, planned injections, requested injections, console
/// input, the end.
public final class OperatorChoices implements Choices {

    private final Requests requests;
    private final ConsoleInput console;
    private final PlannedInjections planned;
    private final EntropySource entropy;

    /// @param requests the requests of other threads
    public OperatorChoices(Requests requests, ConsoleInput console, PlannedInjections planned, EntropySource entropy) {
        this.requests = requests;
        this.console = console;
        this.planned = planned;
        this.entropy = entropy;
    }

    /// Only plans that are known before the run: entropy follows from the machine's seed.
    public static OperatorChoices planned(MachineSpec spec, Bytes script, List<PlannedInjection> injections) {
        return new OperatorChoices(
                new Requests(),
                new ConsoleInput(ConsoleScript.typing(script), spec),
                new PlannedInjections(injections),
                new SeededEntropy(spec.schedule().seed()));
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        return entropy.draw(asked, bytes);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        Policy policy = requests.nextPolicy();
        if (policy != null) {
            return new JournalRecord.Reconfigured(policy);
        }
        Injection injection = planned.next(here.slices(), here.round());
        if (injection == null) {
            injection = requests.nextInjection();
        }
        if (injection != null) {
            return new JournalRecord.Injected(injection);
        }
        Bytes typed = console.offer(here.round(), here.receiverRoom(), here.receiverIsEmpty());
        if (typed != null) {
            return new JournalRecord.ConsoleInput(typed);
        }
        if (console.script().isLate(here.round())) {
            return new JournalRecord.Stop(JournalRecord.Stop.Reason.SCRIPT);
        }
        JournalRecord.Stop.Reason reason = requests.stopAsked();
        return reason == null ? null : new JournalRecord.Stop(reason);
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        return Math.min(planned.nextAfter(after), console.script().nextAfter(after));
    }

    @Override
    public void printed(byte[] bytes, int count, long now) {
        console.script().printed(bytes, count, now);
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        switch (recorded) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> console.script().passOver(bytes.size(), here.round());
            case JournalRecord.Injected(Injection what) -> planned.passOver(what, here.slices(), here.round());
            case JournalRecord.Entropy _,
                    JournalRecord.Frame _,
                    JournalRecord.Reconfigured _,
                    JournalRecord.Turned _,
                    JournalRecord.Faulted _,
                    JournalRecord.Round _,
                    JournalRecord.Renewed _,
                    JournalRecord.Stop _ -> {}
        }
    }

    @Override
    public Left left() {
        return new Left(
                planned.left(), console.script().left(), console.script().unmet(), List.of());
    }
}

package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;

/// A choice in a run, with the name under which it was asked for. The header and the choices determine a run
/// ([EditedChoices]).
public sealed interface Choice {

    /// The vCPU that ran next, if the schedule would have chosen another one.
    record OfTurn(ChoicePoint asked, Turn turn) implements Choice {}

    /// An arrival from outside: console input, an injection, a new policy, or a stop.
    record OfArrival(ChoicePoint asked, JournalRecord.Arrival arrival) implements Choice {}

    /// The same for a planned time: the round before it ends there.
    ///
    /// @param moment in ticks; a round begins there
    record Planned(long moment, JournalRecord.Arrival arrival) implements Choice {}

    /// A round ends early, though nothing arrives then.
    ///
    /// @param moment in ticks; the next round begins there or later
    record RoundEnd(long moment) implements Choice {}

    /// What went wrong with a hypercall.
    record OfFault(CallKey asked, CallFault fault) implements Choice {}

    /// The entropy that a service got.
    record OfEntropy(EntropyKey asked, Bytes bytes) implements Choice {}
}

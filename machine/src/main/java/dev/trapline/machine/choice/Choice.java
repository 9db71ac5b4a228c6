package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.JournalRecord;

/// Something that was chosen in a run, and by what it was asked for. A run is its header and its choices: what
/// [EditedChoices] makes a run of.
public sealed interface Choice {

    /// Who ran next, where the schedule would have chosen otherwise.
    record OfTurn(ChoicePoint asked, Turn turn) implements Choice {}

    /// Something came from outside: console input, an injection, another policy, or a stop.
    record OfArrival(ChoicePoint asked, JournalRecord.Arrival arrival) implements Choice {}

    /// The same for a moment that was planned: the round before it ends there.
    ///
    /// @param moment in ticks; where it is not the beginning of a round, one begins there
    record Planned(long moment, JournalRecord.Arrival arrival) implements Choice {}

    /// The entropy that a service got.
    record OfEntropy(EntropyKey asked, Bytes bytes) implements Choice {}
}

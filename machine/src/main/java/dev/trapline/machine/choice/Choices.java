package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.PlannedInjection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that could go otherwise in a run is asked for here, at defined points between slices, and journaled by
/// the machine. A replay takes the answers from its recording and asks nobody.
///
/// All methods are called on the machine's thread.
public interface Choices {

    /// A moment that does not come.
    long NEVER = Engine.NO_DEADLINE;

    /// Where a machine asks. Valid during the call.
    interface Place {
        /// Its name. Makes an object.
        ChoicePoint point();

        /// How many slices have ended.
        long slices();

        /// When the round began, in ticks.
        long round();

        /// How many bytes the console's receiver takes.
        int receiverRoom();

        /// Whether the guest has taken all bytes that the console received.
        boolean receiverIsEmpty();
    }

    /// What of the inputs that were planned has not come.
    ///
    /// @param injections in the order in which they would have come
    /// @param scriptBytes how many bytes of the console's script
    record Left(List<PlannedInjection> injections, int scriptBytes) {
        /// Nothing was planned.
        public static final Left NOTHING = new Left(List.of(), 0);

        public Left {
            injections = List.copyOf(injections);
        }
    }

    /// Who gets the next turn.
    ///
    /// @param ready one bit for each vCPU that can run in this round; not 0
    /// @param byDefault what the machine's schedule says; only another answer is journaled
    /// @return a turn for one of those
    Turn turn(ChoicePoint asked, long ready, Turn byDefault);

    /// What a service gets that asked for entropy.
    ///
    /// @param bytes how many it wants
    /// @return as many, or fewer
    Bytes entropy(EntropyKey asked, int bytes);

    /// What comes from outside at this place. Asked until nothing more does.
    JournalRecord.@Nullable Arrival arrival(Place here);

    /// The virtual time after a moment for which the next arrival is planned, in ticks; [#NEVER] if none is. The
    /// round in which that is ends there.
    long arrivalAfter(long moment);

    /// A recording has an input that this run must not get again: the recording is being continued.
    void passOver(JournalRecord.Input recorded, Place here);

    /// What was planned and has not come.
    Left left();

    /// The defaults: the machine's schedule, nothing from outside, and no entropy. Enough for a replay.
    static Choices defaults() {
        return DefaultChoices.INSTANCE;
    }
}

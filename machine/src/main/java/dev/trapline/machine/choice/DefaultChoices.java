package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.JournalRecord;
import org.jspecify.annotations.Nullable;

/// Uses the default of every choice.
enum DefaultChoices implements Choices {
    INSTANCE;

    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        return byDefault;
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        return Bytes.EMPTY;
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return null;
    }

    @Override
    public long arrivalAfter(long moment) {
        return NEVER;
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {}

    @Override
    public Left left() {
        return Left.NOTHING;
    }
}

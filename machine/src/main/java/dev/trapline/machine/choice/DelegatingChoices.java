package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import org.jspecify.annotations.Nullable;

/// Leaves every choice to others, except those that a subclass makes.
public abstract class DelegatingChoices implements Choices {

    /// They answer what a subclass does not.
    Choices others;

    protected DelegatingChoices(Choices others) {
        this.others = others;
    }

    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        return others.turn(asked, ready, byDefault);
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        return others.entropy(asked, bytes);
    }

    @Override
    public @Nullable CallFault fault(Call asked) {
        return others.fault(asked);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return others.arrival(here);
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        return others.arrivalBetween(after, until, idle);
    }

    @Override
    public void printed(byte[] bytes, int count, long now) {
        others.printed(bytes, count, now);
    }

    @Override
    public void sent(Bytes frame, long now) {
        others.sent(frame, now);
    }

    @Override
    public long droppedFrames() {
        return others.droppedFrames();
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        others.passOver(recorded, here);
    }

    @Override
    public void granted(long slice) {
        others.granted(slice);
    }

    @Override
    public void recorded(ChoicePoint asked, long ready, Turn turn) {
        others.recorded(asked, ready, turn);
    }

    @Override
    public Left left() {
        return others.left();
    }
}

package dev.trapline.explore;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.choice.Choices;
import org.jspecify.annotations.Nullable;

/// The choices of one run from power-on that goes the common way of all runs first, and then its own.
///
/// The way parts where a slice was granted, because [TrialMachine] has its starting point there.
public final class ForkedChoices implements Choices {

    private final Choices common;
    private final Choices own;
    private final long last;
    private boolean parted;

    /// @param common of the part before
    /// @param own of the part behind
    /// @param last the slice whose grant belongs to the common part, and whose end does not
    public ForkedChoices(Choices common, Choices own, long last) {
        this.common = common;
        this.own = own;
        this.last = last;
    }

    private Choices now() {
        return parted ? own : common;
    }

    @Override
    public void granted(long slice) {
        now().granted(slice);
        parted |= slice >= last;
    }

    @Override
    public Turn turn(ChoicePoint where, long ready, Turn byDefault) {
        return now().turn(where, ready, byDefault);
    }

    @Override
    public Bytes entropy(EntropyKey where, int bytes) {
        return now().entropy(where, bytes);
    }

    @Override
    public @Nullable CallFault fault(Call where) {
        return now().fault(where);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return now().arrival(here);
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        return now().arrivalBetween(after, until, idle);
    }

    @Override
    public void printed(byte[] bytes, int count, long now) {
        now().printed(bytes, count, now);
    }

    @Override
    public void sent(Bytes frame, long now) {
        now().sent(frame, now);
    }

    @Override
    public long droppedFrames() {
        return own.droppedFrames();
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        now().passOver(recorded, here);
    }

    @Override
    public Left left() {
        return own.left();
    }
}

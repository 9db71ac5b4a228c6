package dev.trapline.explore;

import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import dev.trapline.machine.choice.ReplaceableChoices;

/// The choices of one run from power-on that goes the common way of all runs first, and then its own.
///
/// The way parts where a slice was granted, because [TrialMachine] has its starting point there.
public final class ForkedChoices extends DelegatingChoices {

    private final ReplaceableChoices now;
    private final Choices own;
    private final long last;

    /// @param common of the part before
    /// @param own of the part behind
    /// @param last the slice whose grant belongs to the common part, and whose end does not
    public ForkedChoices(Choices common, Choices own, long last) {
        this(new ReplaceableChoices(), own, last);
        now.replace(common);
    }

    private ForkedChoices(ReplaceableChoices now, Choices own, long last) {
        super(now);
        this.now = now;
        this.own = own;
        this.last = last;
    }

    @Override
    public void granted(long slice) {
        super.granted(slice);
        if (slice >= last) {
            now.replace(own);
        }
    }

    @Override
    public long droppedFrames() {
        return own.droppedFrames();
    }

    @Override
    public Left left() {
        return own.left();
    }
}

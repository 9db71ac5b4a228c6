package dev.trapline.unicorn.slice;

import java.util.function.LongSupplier;

/// The progress of a slice: which of its instructions are done.
///
/// Whatever ends a slice calls [#end] at that time, because the library's own count may increase by one more before it
/// stops.
public final class Progress {

    /// Where a slice ends.
    public enum End {
        /// The budget is used up.
        BUDGET,
        /// After the instruction that was begun last: it is done.
        BEHIND,
        /// At the instruction that was begun last: it is not done.
        AT,
        /// Before an instruction that could not be fetched, or before which a Software Step exception was
        /// taken.
        BEFORE
    }

    private LongSupplier begun;
    private End end = End.BUDGET;
    private long atEnd;
    private long earlier;

    /// @param begun how many instructions the library's current run has begun; called only when something other
    ///     than the budget ends a slice, and when the guest reads the time
    public Progress(LongSupplier begun) {
        this.begun = begun;
    }

    /// Called when blocks are counted, not instructions: then [BlockRun] knows what is done.
    void leaveToBlocks() {
        begun = () -> 0;
    }

    public void beginSlice() {
        end = End.BUDGET;
        earlier = 0;
    }

    /// Called when a run of the library begins.
    ///
    /// @param completed how many instructions earlier runs of the slice completed
    public void beginRun(long completed) {
        earlier = completed;
    }

    /// How many instructions of the slice are done before the one that was begun last. For hooks on that
    /// instruction.
    long before() {
        return earlier + begun.getAsLong() - 1;
    }

    /// Called when something ends the slice. Only the first call counts.
    public void end(End where) {
        if (end == End.BUDGET) {
            end = where;
            atEnd = begun.getAsLong();
        }
    }

    /// The instruction at which the slice ended counts as done: it waits.
    void endBehind() {
        end = End.BEHIND;
    }

    /// The instruction at which the slice ended counts as not done: it is refused.
    void endAt() {
        end = End.AT;
    }

    /// All instructions that were begun count as done: the slice ended between two instructions, and the PC may be
    /// anywhere.
    void endBefore() {
        end = End.BEFORE;
    }

    public End end() {
        return end;
    }

    /// How many instructions the library's last run completed.
    ///
    /// @param budget its budget
    public long completed(long budget) {
        return switch (end) {
            case BUDGET -> budget;
            case BEHIND, BEFORE -> atEnd;
            case AT -> atEnd - 1;
        };
    }
}

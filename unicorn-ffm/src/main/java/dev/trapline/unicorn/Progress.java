package dev.trapline.unicorn;

import java.util.function.LongSupplier;

/// How far a slice got: which of its instructions are done.
///
/// What ends a slice says so when it does. The library's own count may go on by one before it stops.
final class Progress {

    /// Where a slice ends.
    enum End {
        /// The budget is used up.
        BUDGET,
        /// Behind the instruction that was begun last: it is done.
        BEHIND,
        /// At the instruction that was begun last: it is not done.
        AT,
        /// Before an instruction that could not be fetched, or that a Software Step exception comes before.
        BEFORE
    }

    private final LongSupplier begun;
    private End end = End.BUDGET;
    private long atEnd;
    private long earlier;

    /// @param begun how many instructions the library's current run has begun; asked only when something other than
    ///     the budget ends a slice, and when the guest looks at the time
    Progress(LongSupplier begun) {
        this.begun = begun;
    }

    void beginSlice() {
        end = End.BUDGET;
        earlier = 0;
    }

    /// A run of the library begins.
    ///
    /// @param completed how many instructions earlier runs of the slice completed
    void beginRun(long completed) {
        earlier = completed;
    }

    /// How many instructions of the slice are done before the one that was begun last. For hooks on that one.
    long before() {
        return earlier + begun.getAsLong() - 1;
    }

    /// Something ends the slice. The first counts.
    void end(End where) {
        if (end == End.BUDGET) {
            end = where;
            atEnd = begun.getAsLong();
        }
    }

    /// The instruction that the slice ended at counts as done: it waits.
    void endBehind() {
        end = End.BEHIND;
    }

    /// The instruction that the slice ended at counts as not done: it is refused.
    void endAt() {
        end = End.AT;
    }

    /// All that was begun counts as done: the slice ended between two instructions, and PC may be anywhere.
    void endBefore() {
        end = End.BEFORE;
    }

    End end() {
        return end;
    }

    /// How many instructions the library's last run completed.
    ///
    /// @param budget how many it was to
    long completed(long budget) {
        return switch (end) {
            case BUDGET -> budget;
            case BEHIND, BEFORE -> atEnd;
            case AT -> atEnd - 1;
        };
    }
}

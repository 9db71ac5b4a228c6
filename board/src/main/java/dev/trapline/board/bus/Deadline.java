package dev.trapline.board.bus;

/// A part of the machine that changes by itself at a known time.
public interface Deadline {

    /// Nothing changes by itself.
    long NEVER = Long.MAX_VALUE;

    /// The virtual time in ticks at which it changes by itself, if it is not accessed before.
    ///
    /// @return [#NEVER] if it does not change by itself
    default long deadline() {
        return NEVER;
    }

    /// Sets the time, and executes what is due. The machine calls it before each slice, with the time at which the
    /// round began. A round ends at the next deadline, so a deadline is met exactly. If a slice sets a deadline
    /// within the current round, the round ends there for the vCPUs whose turn comes later. Afterwards [#deadline]
    /// is later than `now`.
    ///
    /// @param now virtual time in ticks; never less than in the previous call
    default void timePasses(long now) {}
}

package dev.trapline.board.bus;

/// What changes by itself, at a time that it knows beforehand.
public interface Deadline {

    /// Nothing changes by itself.
    long NEVER = Long.MAX_VALUE;

    /// When it changes by itself if nobody touches it before, in ticks of virtual time.
    ///
    /// @return [#NEVER] if it does not
    default long deadline() {
        return NEVER;
    }

    /// Sets the time, and executes what is due. Called between slices, before each, with the time at which the
    /// round began. A round ends where a deadline comes, so a deadline is met exactly. One that is set for the
    /// round that goes on ends it for those whose turn comes later. Afterwards [#deadline] is later than `now`.
    ///
    /// @param now virtual time in ticks; never less than at the call before
    default void timePasses(long now) {}
}

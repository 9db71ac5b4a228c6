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

    /// Takes note of the time, and does what is due. Called between slices, before each: a deadline within a slice
    /// is met at the end of the slice. Afterwards [#deadline] is later than `now`.
    ///
    /// @param now virtual time in ticks; never less than at the call before
    default void timePasses(long now) {}
}

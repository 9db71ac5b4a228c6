package dev.trapline.abi.machine;

/// When a planned input happens: at the first slice boundary at which it is due.
public sealed interface Moment {

    /// Before the slice of this ordinal, counted from 0.
    record AtSlice(long ordinal) implements Moment {
        public AtSlice {
            requireNotNegative("a slice's ordinal", ordinal);
        }
    }

    /// As soon as virtual time has reached this many ticks. If no vCPU can run, virtual time jumps to it.
    record AtTime(long ticks) implements Moment {
        public AtTime {
            requireNotNegative("virtual time", ticks);
        }
    }

    private static void requireNotNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " is 0 or more, not " + value);
        }
    }
}

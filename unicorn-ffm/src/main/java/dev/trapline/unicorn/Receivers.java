package dev.trapline.unicorn;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Who is meant by a call from native code: the library hands back a number that it was given with the function.
///
/// The functions themselves are the same for all engines, since a stub takes a tenth of a millisecond to make.
final class Receivers {

    /// Somebody that native code calls.
    ///
    /// @param engine which fails if the call throws
    /// @param target whose method is called; its type goes with the function
    record Receiver(Unicorn engine, Object target) {}

    private final Deque<Integer> free = new ArrayDeque<>();
    /// Copied for every change, so that nobody who reads it has to wait.
    private volatile @Nullable Receiver[] known = new Receiver[0];

    /// Takes in somebody.
    ///
    /// @return the number that stands for it until [#remove]
    synchronized int add(Receiver receiver) {
        Integer freed = free.poll();
        int number = freed == null ? known.length : freed;
        @Nullable Receiver[] changed = Arrays.copyOf(known, Math.max(known.length, number + 1));
        changed[number] = receiver;
        known = changed;
        return number;
    }

    /// Forgets somebody that native code cannot call any more.
    synchronized void remove(int number) {
        @Nullable Receiver[] changed = known.clone();
        changed[number] = null;
        known = changed;
        free.push(number);
    }

    /// Whom a number stands for.
    Receiver of(long number) {
        return Objects.requireNonNull(known[(int) number], "an engine calls that is closed");
    }
}

package dev.trapline.abi.state;

import java.util.Arrays;

/// Saves what a part of a machine holds, as words. To read them back, ask for them in the same order:
/// [StateReader].
public final class StateWriter {

    private long[] words = new long[64];
    private int count;

    public void put(long word) {
        if (count == words.length) {
            words = Arrays.copyOf(words, 2 * count);
        }
        words[count++] = word;
    }

    public void put(boolean flag) {
        put(flag ? 1 : 0);
    }

    /// All of an array, without its length.
    public void put(long[] array) {
        for (long word : array) {
            put(word);
        }
    }

    /// All of an array, without its length.
    public void put(boolean[] array) {
        for (boolean flag : array) {
            put(flag);
        }
    }

    /// What was put so far.
    public long[] toArray() {
        return Arrays.copyOf(words, count);
    }
}

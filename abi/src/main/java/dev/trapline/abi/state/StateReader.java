package dev.trapline.abi.state;

import dev.trapline.abi.InvariantViolation;

/// Gives back what a [StateWriter] took, in the same order.
public final class StateReader {

    private final long[] words;
    private int at;

    /// @param words not copied: nobody may change them meanwhile
    public StateReader(long[] words) {
        this.words = words;
    }

    /// The next word.
    public long take() {
        InvariantViolation.require(at < words.length, "a part of the machine asks for more state than it wrote");
        return words[at++];
    }

    public int takeInt() {
        return (int) take();
    }

    public boolean takeFlag() {
        return take() != 0;
    }

    /// As many words as an array has.
    public void take(long[] into) {
        for (int k = 0; k < into.length; k++) {
            into[k] = take();
        }
    }

    /// As many flags as an array has.
    public void take(boolean[] into) {
        for (int k = 0; k < into.length; k++) {
            into[k] = takeFlag();
        }
    }

    /// Nothing may be left.
    public void end() {
        InvariantViolation.require(at == words.length, "a part of the machine asks for less state than it wrote");
    }
}

package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Registers that one call of the library reads or writes. All native memory is allocated once and belongs to the
/// engine.
///
/// A register's value has `words` 64-bit words. Values that the library writes with fewer bits are zero-extended,
/// because it never changes the rest of a word.
public final class RegisterBatch {

    private final Unicorn engine;
    private final int words;
    private final MemorySegment ids;
    private final MemorySegment pointers;
    private final MemorySegment values;
    private final int count;

    /// Lays out a batch in native memory.
    ///
    /// @param slots the position of register k's value in the array form, in units of `words`; one for each id
    RegisterBatch(Unicorn engine, Arena arena, int[] registers, int[] slots, int slotCount, int words) {
        this.engine = engine;
        this.words = words;
        this.count = registers.length;
        this.ids = arena.allocateFrom(JAVA_INT, registers);
        this.pointers = arena.allocate(JAVA_LONG, count);
        this.values = arena.allocate(JAVA_LONG, (long) slotCount * words);
        for (int k = 0; k < count; k++) {
            pointers.setAtIndex(JAVA_LONG, k, values.address() + (long) slots[k] * words * Long.BYTES);
        }
    }

    /// Reads all registers from the engine into the batch.
    public void read() {
        // SAFETY: ids, pointers and values live in the engine's arena, and each pointer has room for its register.
        UnicornError.check(
                engine.calls().regReadBatch(engine.handle(), ids.address(), pointers.address(), count),
                "reading a batch of registers");
    }

    /// Writes the first `first` registers of the batch into the engine.
    public void write(int first) {
        // SAFETY: as in read; first is at most the number of ids.
        UnicornError.check(
                engine.calls().regWriteBatch(engine.handle(), ids.address(), pointers.address(), checked(first)),
                "writing a batch of registers");
    }

    /// Writes the first register of the batch, which translates an address, into the engine.
    void writeAndWalk() {
        // SAFETY: as in read.
        UnicornError.check(
                engine.calls().regWriteBatchAndWalk(engine.handle(), ids.address(), pointers.address(), 1),
                "translating an address");
    }

    /// Writes the first `first` registers of a batch from an array. The batch's slots must be in the order of its
    /// registers.
    public void writeFrom(long[] source, int first) {
        MemorySegment.copy(source, 0, values, JAVA_LONG, 0, first);
        write(first);
    }

    private int checked(int first) {
        if (first < 0 || first > count) {
            throw new IllegalArgumentException("the batch has " + count + " registers, not " + first);
        }
        return first;
    }

    /// Word `word` of slot `slot`.
    public long get(int slot, int word) {
        return values.getAtIndex(JAVA_LONG, (long) slot * words + word);
    }

    /// Sets word `word` of slot `slot` in the batch; [#write] writes it into the engine.
    public void set(int slot, int word, long value) {
        values.setAtIndex(JAVA_LONG, (long) slot * words + word, value);
    }

    /// Replaces the register at index `k`.
    public void setId(int k, int register) {
        ids.setAtIndex(JAVA_INT, k, register);
    }

    /// Copies the first `length` words of all slots.
    public void copyTo(long[] target, int length) {
        MemorySegment.copy(values, JAVA_LONG, 0, target, 0, length);
    }

    /// Sets a 32-bit part of a slot, for the C structures that describe system registers.
    public void setInt(int slot, int offset, int value) {
        values.set(JAVA_INT, (long) slot * words * Long.BYTES + offset, value);
    }
}

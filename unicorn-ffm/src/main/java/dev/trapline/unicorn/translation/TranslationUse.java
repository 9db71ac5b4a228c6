package dev.trapline.unicorn.translation;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.TranslationHook;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CodeBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How much of its buffer an instance has filled with translated code.
///
/// Nothing is ever removed from the buffer: code that is dropped and translated again needs new room. When the buffer
/// is full, version 2.0 of the library crashes, in blocks that were linked to blocks that no longer exist. So the
/// engine has to be replaced long before.
///
/// There are two measures. The estimate counts the translated code: the same run gives the same number in every
/// process. The number of bytes may differ between processes, because distant addresses need other host instructions
/// than near ones. But only the bytes are exact: some instructions take 6 KiB.
public final class TranslationUse implements TranslationHook {

    /// The most bytes that a block takes in addition to its instructions, and that each byte of guest code takes,
    /// except in unusual code.
    private static final long BLOCK = 512;

    private static final long BYTE = 64;

    /// The same for the worst possible code: LD4 of 64 bytes takes 6.1 KiB, and no block takes more than 64 KiB.
    private static final long WORST_BLOCK = 4096;

    private static final long WORST_BYTE = 2048;
    private static final long LARGEST_BLOCK = 68 << 10;

    /// The estimate at which an engine should be replaced: half of the smallest kernel's boot, a second of
    /// translating.
    private static final long ENOUGH = 128L << 20;

    /// The number of instructions that take less than a fifth of the smallest buffer in the worst case. Except for
    /// the instructions of one block, only executed instructions are translated.
    public static final long BUDGET = 1 << 15;

    /// The parts of the buffer (1/n) that may be filled before the engine should be replaced, and before it must
    /// be.
    private static final int SCARCE = 4;

    private static final int NONE = 2;

    /// The buffer size of all builds for 64-bit hosts in which it cannot be read.
    private static final long SMALLEST_BUFFER = 1L << 30;

    private final Unicorn engine;
    private final @Nullable CodeBuffer buffer;
    private final long capacity;
    private long estimate;
    private long worst;
    private BooleanSupplier pieces = () -> false;

    /// Measures an instance that has translated nothing yet.
    ///
    /// @param buffer null if its position is not known: then the worst case is assumed
    public TranslationUse(Unicorn engine, @Nullable CodeBuffer buffer) {
        this.engine = engine;
        this.buffer = buffer;
        this.capacity = buffer == null ? SMALLEST_BUFFER : buffer.room(engine);
        engine.hookTranslation(this);
    }

    /// Leaves code out of the estimate that is translated while a condition holds. Used for pieces of blocks, which
    /// not every run of the same guest has.
    public void leaveOut(BooleanSupplier pieces) {
        this.pieces = pieces;
    }

    @Override
    public void blockTranslated(long address, int size) {
        if (pieces.getAsBoolean()) {
            return;
        }
        estimate += BLOCK + BYTE * size;
        worst += Math.min(WORST_BLOCK + WORST_BYTE * size, LARGEST_BLOCK);
    }

    /// See [Engine#room].
    public Engine.Room room() {
        long used = buffer == null ? worst : capacity - buffer.room(engine);
        if (used > capacity / NONE) {
            return Engine.Room.NONE;
        }
        return estimate > ENOUGH || used > capacity / SCARCE ? Engine.Room.SCARCE : Engine.Room.AMPLE;
    }

    /// Ends the run before the library ends the process. If a run stops at every instruction, and each is the first
    /// of a block of the largest size, a slice needs more room than an engine has. AArch32 code that reads the time
    /// and rewrites itself does that.
    public void requireRoom() {
        if (room() == Engine.Room.NONE) {
            throw new EngineException(
                    "the guest rewrites code that reads the time, and an engine does not have enough room to"
                            + " translate it within a slice; run it with a smaller slice");
        }
    }
}

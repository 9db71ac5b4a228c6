package dev.trapline.unicorn;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// How much of its buffer an instance has filled with translated code.
///
/// Nothing ever leaves the buffer: code that is dropped and translated again takes new room. When it is full, version
/// 2.0 of the library crashes, in blocks that were linked to some that are gone. So the engine has to be replaced long
/// before.
///
/// There are two measures. The estimate counts what was translated: the same run gives the same number in any
/// process, which the bytes themselves do not promise, since code that reaches far takes other instructions than code
/// that reaches near. The bytes are the truth: there is code of which an instruction takes 6 KiB.
final class TranslationUse implements TranslationHook {

    /// What a block takes at most besides its instructions, and each byte of guest code, in all but unusual code.
    private static final long BLOCK = 512;

    private static final long BYTE = 64;

    /// The same for the worst code there is: LD4 of 64 bytes takes 6.1 KiB, and no block more than 64 KiB.
    private static final long WORST_BLOCK = 4096;

    private static final long WORST_BYTE = 2048;
    private static final long LARGEST_BLOCK = 68 << 10;

    /// The estimate at which an engine is to be replaced: half of the smallest kernel's boot, a second of
    /// translating.
    private static final long ENOUGH = 128L << 20;

    /// Instructions of which the worst take less than a fifth of the smallest buffer. None is translated that is
    /// not executed, but for those of one block.
    static final long BUDGET = 1 << 15;

    /// The part of the buffer that may be filled before the engine is to be replaced, and before it has to be.
    private static final int SCARCE = 4;

    private static final int NONE = 2;

    /// The buffer of all builds for hosts of 64 bits that do not tell.
    private static final long SMALLEST_BUFFER = 1L << 30;

    private final Unicorn engine;
    private final @Nullable CodeBuffer buffer;
    private final long capacity;
    private long estimate;
    private long worst;
    private BooleanSupplier pieces = () -> false;

    /// Measures an instance that has translated nothing yet.
    ///
    /// @param buffer null if the library does not tell: then the worst is assumed
    TranslationUse(Unicorn engine, @Nullable CodeBuffer buffer) {
        this.engine = engine;
        this.buffer = buffer;
        this.capacity = buffer == null ? SMALLEST_BUFFER : buffer.room(engine);
        engine.hookTranslation(this);
    }

    /// Leaves out of the estimate what is translated while something holds: pieces of blocks, which a run has or
    /// has not.
    void leaveOut(BooleanSupplier pieces) {
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

    Engine.Room room() {
        long used = buffer == null ? worst : capacity - buffer.room(engine);
        if (used > capacity / NONE) {
            return Engine.Room.NONE;
        }
        return estimate > ENOUGH || used > capacity / SCARCE ? Engine.Room.SCARCE : Engine.Room.AMPLE;
    }

    /// Ends the run rather than the process. Where every instruction is stopped at and is the first of the largest
    /// block there is, a slice needs more room than an engine has: AArch32 code that reads the time and rewrites
    /// itself.
    void requireRoom() {
        if (room() == Engine.Room.NONE) {
            throw new EngineException("the guest rewrites code that reads the time, faster than an engine has room to"
                    + " translate it within a slice; run it with a smaller slice");
        }
    }
}

package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data of `budgets.s` of one engine: words of 8 bytes in the page behind its code, and the table of blocks to stop
/// at in the page after that. The cells, which change with each block, are where they are told to be.
final class BudgetData {

    private static final long CELLS = 0;
    private static final long BLOCK = 8;
    private static final long LENGTH = 16;
    private static final long PLACE = 24;
    private static final long STOPPED = 32;
    private static final long CUT = 40;
    private static final long NEW = 48;
    private static final long NEW_BLOCK = 56;
    private static final long NEW_PLACE = 64;
    private static final long EXIT = 72;
    private static final long STOP = 80;
    private static final long REQUESTS = 88;
    private static final long SPECIAL = 112;
    private static final long LEAVE = 120;
    private static final long CPU = 128;
    private static final long ACCESS = 136;
    private static final long LOOP = 144;
    private static final long READ = 152;
    private static final long WRITE = 160;
    private static final long INSTANCE = 168;
    /// Where the cells are if nothing else is said.
    private static final long OWN_CELLS = 192;
    /// Room for the library's description of a block.
    private static final long DESCRIPTION = 256;

    private static final long LAST = 1;
    private static final long FIRST = 2;
    private static final int WHOLE = -1;
    private static final int SPECIALS = 0xfff;

    // SAFETY: used only for the engine's CPU, at an offset that was found in it.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Where the code begins that the library calls for addresses with nothing behind them.
    static final int READ_CODE = 256;

    static final int WRITE_CODE = 288;
    static final int OVER_CODE = 352;

    private final MemorySegment code;
    private final MemorySegment words;
    private final MemorySegment cells;
    private final MemorySegment specials;
    private final long next;
    private final long access;
    /// The blocks that count by themselves: a block's number is one more than its place here.
    private final List<CodeBlock> counting = new ArrayList<>();

    /// @param pages code, data and table
    /// @param low where the cells are to be; null if that is all the same
    /// @param stop address of `uc_emu_stop`
    /// @param loop address of `cpu_loop_exit_restore`
    BudgetData(
            MemorySegment pages,
            @Nullable MemorySegment low,
            long handle,
            long cpu,
            BudgetLayout layout,
            long stop,
            long loop) {
        this.code = pages.asSlice(0, NativePages.PAGE);
        this.words = pages.asSlice(NativePages.PAGE, NativePages.PAGE);
        this.specials = pages.asSlice(2 * NativePages.PAGE, SPECIALS + 1);
        this.next = cpu + layout.next();
        this.access = cpu + layout.access();
        this.cells = low == null ? words.asSlice(OWN_CELLS, CountingCall.OVER + Long.BYTES) : low;
        cells.set(JAVA_LONG, CountingCall.OVER, code.address() + OVER_CODE);
        words.set(JAVA_LONG, CELLS, cells.address());
        words.set(JAVA_LONG, INSTANCE, handle);
        words.set(JAVA_LONG, EXIT, cpu + layout.exit());
        words.set(JAVA_LONG, STOP, stop);
        words.set(JAVA_LONG, REQUESTS, handle + layout.request());
        words.set(JAVA_LONG, REQUESTS + Long.BYTES, cpu + layout.first());
        words.set(JAVA_LONG, REQUESTS + 2 * Long.BYTES, cpu + layout.second());
        words.set(JAVA_LONG, SPECIAL, specials.address());
        words.set(JAVA_LONG, CPU, cpu);
        words.set(JAVA_LONG, ACCESS, access);
        words.set(JAVA_LONG, LOOP, loop);
    }

    /// The hook on blocks, and what it is to be handed.
    void hookBlocks(Unicorn engine) {
        engine.hookBlocks(code.address(), CountingCall.MARK);
    }

    /// Address of the hook on blocks.
    long hook() {
        return code.address();
    }

    /// The number that a block is to note when it counts by itself.
    int nextNumber() {
        return counting.size() + 1;
    }

    /// A block counts by itself from now on, under the number that was next.
    void countsByItself(CodeBlock block) {
        counting.add(block);
    }

    /// The block that was stopped at, or the last that ran, if it counts by itself.
    @Nullable
    CodeBlock countingBlock() {
        int number = cells.get(JAVA_INT, CountingCall.NUMBER);
        return number == 0 ? null : counting.get(number - 1);
    }

    /// What may end the run in the middle of a block, where `stubs` only answer.
    GapStubs wrap(GapStubs stubs) {
        words.set(JAVA_LONG, READ, stubs.read());
        words.set(JAVA_LONG, WRITE, stubs.write());
        return new GapStubs(code.address() + READ_CODE, code.address() + WRITE_CODE);
    }

    /// The access that is under way ends the run: it is one to an address with nothing behind it.
    void leave() {
        words.set(JAVA_LONG, LEAVE, 1);
    }

    /// Whether the access that is under way, or was the last, fetches code to be translated.
    boolean isFetching() {
        return MEMORY.get(JAVA_LONG, access) == 0;
    }

    MemorySegment description() {
        return words.asSlice(DESCRIPTION, 2 * Long.BYTES);
    }

    /// Lets so many instructions run from now on.
    void begin(long left) {
        cells.set(JAVA_LONG, CountingCall.LEFT, left);
        words.set(JAVA_LONG, STOPPED, 0);
    }

    /// How much is left. A block that counts by itself has counted before it stopped.
    long left() {
        long left = cells.get(JAVA_LONG, CountingCall.LEFT);
        return left < 0 ? left + length() : left;
    }

    /// Whether the run stopped before a block, rather than for another reason.
    boolean stopped() {
        return words.get(JAVA_LONG, STOPPED) != 0;
    }

    /// Address of the block that was stopped at, or of the last that ran.
    long block() {
        CodeBlock block = countingBlock();
        return block == null ? words.get(JAVA_LONG, BLOCK) : block.address();
    }

    /// Instructions of that block.
    int length() {
        CodeBlock block = countingBlock();
        return block == null ? (int) words.get(JAVA_LONG, LENGTH) : block.length();
    }

    /// Where that block calls its hook from, if it does.
    long place() {
        return words.get(JAVA_LONG, PLACE);
    }

    /// Has the next run begin with a block of so many instructions, and stop after it.
    void beginCut(int length) {
        begin(length);
        words.set(JAVA_LONG, CUT, LAST);
        cutNext(length);
    }

    /// Has the next run begin with a block of so many instructions, and go on after it.
    ///
    /// @param left how many instructions may run, that block's among them
    void beginCut(int length, long left) {
        begin(left);
        words.set(JAVA_LONG, CUT, FIRST);
        cutNext(length);
    }

    void endCut() {
        words.set(JAVA_LONG, CUT, 0);
        wholeNext();
    }

    boolean expectsCut() {
        return words.get(JAVA_LONG, CUT) != 0;
    }

    void cutNext(int length) {
        MEMORY.set(JAVA_INT, next, length);
    }

    void wholeNext() {
        MEMORY.set(JAVA_INT, next, WHOLE);
    }

    /// A block was translated, and calls its hook next.
    void expectNew() {
        words.set(JAVA_LONG, NEW, 1);
    }

    /// Whether that block has called its hook.
    boolean hasNew(long address) {
        return words.get(JAVA_LONG, NEW) == 0 && words.get(JAVA_LONG, NEW_BLOCK) == address;
    }

    long newPlace() {
        return words.get(JAVA_LONG, NEW_PLACE);
    }

    /// Has every run stop before the blocks that begin at an address.
    void lookAt(long address) {
        specials.set(JAVA_BYTE, address >>> 2 & SPECIALS, (byte) 1);
    }
}

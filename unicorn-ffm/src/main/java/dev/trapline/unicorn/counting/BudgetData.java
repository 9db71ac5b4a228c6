package dev.trapline.unicorn.counting;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.unicorn.ffi.GapStubs;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.BudgetLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The data of `budgets.s` of one engine: words of 8 bytes in the page after its code, and in the next two pages the
/// tables of blocks to stop at: always, and while an interrupt is masked. The cells, which change with each block, are
/// at a configurable address.
public final class BudgetData {

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
    /// The default position of the cells.
    private static final long OWN_CELLS = 192;
    /// Room for the library's description of a block.
    private static final long DESCRIPTION = 256;

    private static final long LAST = 1;
    private static final long FIRST = 2;
    private static final int WHOLE = -1;
    private static final int SPECIALS = 0xfff;

    // SAFETY: used only for the engine's CPU, at an offset that was found by calibration.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// The size of both tables, in bytes.
    static final long TABLES = 2 * NativePages.PAGE;

    /// The beginning of the code that the library calls for addresses in gaps.
    public static final int READ_CODE = 256;

    public static final int WRITE_CODE = 288;
    public static final int OVER_CODE = 352;

    private final MemorySegment code;
    private final MemorySegment words;
    private final MemorySegment cells;
    private final MemorySegment specials;
    /// The same, and the blocks that may unmask an interrupt.
    private final MemorySegment unmasking;
    private final long next;
    private final long access;
    /// The blocks that count by themselves: a block's number is its index here plus one.
    private final List<CodeBlock> counting = new ArrayList<>();

    /// @param pages code, data and table
    /// @param low the memory for the cells; null for their default position
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
        this.unmasking = pages.asSlice(3 * NativePages.PAGE, SPECIALS + 1);
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

    /// Sets the hook on blocks.
    void hookBlocks(Unicorn engine) {
        engine.hookBlocks(code.address(), CountingCall.MARK);
    }

    /// Address of the hook on blocks.
    long hook() {
        return code.address();
    }

    /// The number that the next block that counts by itself has to store.
    int nextNumber() {
        return counting.size() + 1;
    }

    /// Records that a block counts by itself from now on, under the number that was next.
    void countsByItself(CodeBlock block) {
        counting.add(block);
    }

    /// The block before which the run stopped, or the block that ran last, if it counts by itself.
    @Nullable
    CodeBlock countingBlock() {
        int number = cells.get(JAVA_INT, CountingCall.NUMBER);
        return number == 0 ? null : counting.get(number - 1);
    }

    /// Stubs that answer as `stubs` do, but may also end the run in the middle of a block.
    GapStubs wrap(GapStubs stubs) {
        words.set(JAVA_LONG, READ, stubs.read());
        words.set(JAVA_LONG, WRITE, stubs.write());
        return new GapStubs(code.address() + READ_CODE, code.address() + WRITE_CODE);
    }

    /// Lets the current access, which is to a gap, end the run.
    void leave() {
        words.set(JAVA_LONG, LEAVE, 1);
    }

    /// Whether the current or last access fetches code for translation.
    boolean isFetching() {
        return MEMORY.get(JAVA_LONG, access) == 0;
    }

    MemorySegment description() {
        return words.asSlice(DESCRIPTION, 2 * Long.BYTES);
    }

    /// Sets how many instructions may run from now on.
    void begin(long left) {
        cells.set(JAVA_LONG, CountingCall.LEFT, left);
        words.set(JAVA_LONG, STOPPED, 0);
    }

    /// How many instructions are left. A block that counts by itself has counted before it stopped.
    long left() {
        long left = cells.get(JAVA_LONG, CountingCall.LEFT);
        return left < 0 ? left + length() : left;
    }

    /// Whether the run stopped before a block, rather than for another reason.
    boolean stopped() {
        return words.get(JAVA_LONG, STOPPED) != 0;
    }

    /// Address of the block before which the run stopped, or of the block that ran last.
    long block() {
        CodeBlock block = countingBlock();
        return block == null ? words.get(JAVA_LONG, BLOCK) : block.address();
    }

    /// The number of instructions of that block.
    int length() {
        CodeBlock block = countingBlock();
        return block == null ? (int) words.get(JAVA_LONG, LENGTH) : block.length();
    }

    /// The return address of that block's call of its hook, if it calls it.
    long place() {
        return words.get(JAVA_LONG, PLACE);
    }

    /// Makes the next run begin with a block of this many instructions, and stop after it.
    void beginCut(int length) {
        begin(length);
        words.set(JAVA_LONG, CUT, LAST);
        cutNext(length);
    }

    /// Makes the next run begin with a block of this many instructions, and continue after it.
    ///
    /// @param left how many instructions may run, including that block's
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

    /// Records that a block was translated, which calls its hook next.
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

    /// Makes every run stop before blocks that begin at an address.
    void lookAt(long address) {
        specials.set(JAVA_BYTE, slot(address), (byte) 1);
        unmasking.set(JAVA_BYTE, slot(address), (byte) 1);
    }

    /// Makes the runs stop there that [#stopBeforeUnmasking] is about.
    void lookAtUnmasking(long address) {
        unmasking.set(JAVA_BYTE, slot(address), (byte) 1);
    }

    private static long slot(long address) {
        return address >>> 2 & SPECIALS;
    }

    /// Sets whether runs stop before blocks that may unmask an interrupt.
    void stopBeforeUnmasking(boolean stop) {
        words.set(JAVA_LONG, SPECIAL, (stop ? unmasking : specials).address());
    }
}

package dev.trapline.unicorn.counting;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.trapline.abi.engine.CodeListener;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.TranslationHook;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.CpuLayout;
import dev.trapline.unicorn.layout.TranslationFlags;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The blocks of code of an engine, with the instructions from which they were translated.
///
/// A translation can be older than the content of memory: another CPU wrote there, and no maintenance was done. A piece
/// of a block must be translated from the same instructions as the whole block; otherwise the history would depend on
/// where slices end. The library identifies a piece by its address and length only. So a piece from other instructions
/// is dropped, and nothing else is: other blocks of the same code may be old too, and have to stay old.
final class CodeBlocks implements TranslationHook {

    /// SCTLR_EL1.M.
    private static final long MMU = 1;

    // SAFETY: used only within the engine's CPU and within guest memory that is mapped in it.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Unicorn engine;
    private final CpuLayout layout;
    private final CpuFlags flags;
    private final BudgetData data;
    private final Map<Long, CodeBlock> blocks = new LinkedHashMap<>();
    /// The return addresses of the pieces that the library has, or had.
    private final Map<CodeBlock.Cut, Long> pieces = new LinkedHashMap<>();
    private @Nullable CodeBlock translated;
    /// Whether the translated code is a piece of a block.
    private boolean cut;
    /// The address of the piece that runs next.
    private long cutAddress;
    /// Whether a block was examined; all later blocks are reported.
    private boolean looked;
    private final MemorySegment forgetting;
    private final @Nullable InlineCounts inline;
    /// Null if nobody wants to know which code is reached.
    private @Nullable CodeListener listener;

    /// @param forgetting the library's function that drops the block that contains an address
    /// @param inline null if every block has to call its hook each time
    CodeBlocks(
            Unicorn engine,
            CpuLayout layout,
            CpuFlags flags,
            BudgetData data,
            MemorySegment forgetting,
            @Nullable InlineCounts inline) {
        this.engine = engine;
        this.layout = layout;
        this.flags = flags;
        this.data = data;
        this.forgetting = forgetting;
        this.inline = inline;
    }

    /// Tells a listener which code is reached. A piece is told as well: it is a part of a block that was told.
    void reportTo(CodeListener other) {
        listener = other;
    }

    @Override
    public void blockTranslated(long address, int size) {
        settle();
        expect(read(address, size / Integer.BYTES), data.expectsCut() && address == cutAddress);
    }

    private void expect(CodeBlock block, boolean isCut) {
        translated = block;
        cut = isCut;
        data.expectNew();
    }

    /// Registers the block that was translated last, if it has called its hook: the return address of that call
    /// identifies it.
    void settle() {
        CodeBlock block = translated;
        if (block != null && data.hasNew(block.address())) {
            long place = data.newPlace();
            blocks.put(place, block);
            if (cut) {
                pieces.put(block.cut(0, block.length()), place);
            } else {
                count(place, block, block.isPlain());
            }
        }
        translated = null;
    }

    private void count(long place, CodeBlock block, boolean runsWhole) {
        if (inline != null && runsWhole) {
            inline.count(place, block);
        }
    }

    /// The block before which the run stopped, or the block that ran last.
    CodeBlock current() {
        settle();
        CodeBlock counting = data.countingBlock();
        return counting == null ? at(data.place(), data.block(), data.length()) : counting;
    }

    /// The block that calls its hook with a return address.
    private CodeBlock at(long place, long address, int length) {
        CodeBlock known = blocks.get(place);
        if (known == null || known.address() != address || known.length() != length) {
            // An engine's first block is not reported.
            known = read(address, length);
            blocks.put(place, known);
            count(place, known, !looked && known.isPlain());
        }
        looked = true;
        return known;
    }

    private CodeBlock read(long address, int length) {
        int state = flags.get();
        int[] words = new int[length];
        // A block reaches into the next page only if the PC is not a multiple of 4.
        boolean inPage = (address & (CpuLayout.PAGE - 1)) + (long) length * Integer.BYTES <= CpuLayout.PAGE;
        long host = inPage ? layout.hostAddress(engine, state, address) : 0;
        if (host != 0) {
            MemorySegment.copy(MEMORY, JAVA_INT_UNALIGNED, host, words, 0, length);
        }
        CodeBlock block = new CodeBlock(address, state, host, words);
        CodeListener told = listener;
        if (told != null && TranslationFlags.isAarch64(state)) {
            told.reached(address, block.address(length), block.branches());
        }
        if (block.isSpecial()) {
            data.lookAt(address);
        } else if (block.mayUnmask()) {
            data.lookAtUnmasking(address);
        }
        return block;
    }

    /// Makes sure that a piece of a block is translated from the same instructions as the whole block.
    void prepareCut(CodeBlock whole, int from, int length) {
        settle();
        cutAddress = whole.address(from);
        if (whole.host() == 0) {
            return;
        }
        int[] expected = whole.words(from, from + length);
        Long place = pieces.get(whole.cut(from, length));
        if (place != null && !Arrays.equals(known(place).words(0, length), expected)) {
            engine.forget(forgetting, layout.cpu(engine), place);
        }
        int[] now = new int[length];
        MemorySegment.copy(MEMORY, JAVA_INT_UNALIGNED, whole.code(from), now, 0, length);
        if (!Arrays.equals(now, expected) && canTranslate(whole)) {
            translateOld(whole, from, expected, now);
        }
    }

    private CodeBlock known(long place) {
        return Objects.requireNonNull(blocks.get(place), "a piece that has a place is known");
    }

    /// Whether a piece can be translated outside of a run, where no fetch may fail: the TLB must have the code, or
    /// the MMU must be off.
    private boolean canTranslate(CodeBlock whole) {
        return layout.hostAddress(engine, whole.flags(), whole.address()) == whole.host()
                || (engine.readSystem(SystemRegister.SCTLR_EL1) & MMU) == 0;
    }

    /// Translates a piece from the content that memory had when the whole block was translated.
    private void translateOld(CodeBlock whole, int from, int[] expected, int[] now) {
        CodeBlock piece = new CodeBlock(whole.address(from), whole.flags(), whole.code(from), expected);
        MemorySegment.copy(expected, 0, MEMORY, JAVA_INT_UNALIGNED, piece.host(), expected.length);
        data.cutNext(expected.length);
        engine.translate(piece.address(), data.description());
        data.wholeNext();
        MemorySegment.copy(now, 0, MEMORY, JAVA_INT_UNALIGNED, piece.host(), now.length);
        expect(piece, true);
    }
}

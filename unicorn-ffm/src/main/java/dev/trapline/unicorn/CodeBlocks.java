package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.trapline.board.cpu.SystemRegister;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What each block of code of an engine was translated from.
///
/// A translation can be older than memory: another CPU wrote there, and nobody has done the maintenance. A block that
/// is cut has to be as old as the whole one, or the history would depend on where slices end. The library knows a piece
/// of a block by its place and its length, whatever its age: one of another age is forgotten, and nothing besides it,
/// since other blocks of the same code may be old too, and have to stay so.
final class CodeBlocks implements TranslationHook {

    /// SCTLR_EL1.M.
    private static final long MMU = 1;

    // SAFETY: used only within the engine's CPU and within guest memory that it has mapped.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Unicorn engine;
    private final CpuLayout layout;
    private final SwitchLayout switches;
    private final BudgetData data;
    private final Map<Long, CodeBlock> blocks = new LinkedHashMap<>();
    /// The places of the pieces that the library has, or had.
    private final Map<CodeBlock.Cut, Long> pieces = new LinkedHashMap<>();
    private @Nullable CodeBlock translated;
    /// What was translated is a piece of a block.
    private boolean cut;
    /// Where the piece begins that is to run.
    private long cutAddress;
    /// A block was looked at, so the next are reported.
    private boolean looked;
    private final MemorySegment forgetting;
    private final @Nullable InlineCounts inline;

    /// @param forgetting the library's function that forgets the block that has a place in it
    /// @param inline null if every block is to call its hook each time
    CodeBlocks(
            Unicorn engine,
            CpuLayout layout,
            SwitchLayout switches,
            BudgetData data,
            MemorySegment forgetting,
            @Nullable InlineCounts inline) {
        this.engine = engine;
        this.layout = layout;
        this.switches = switches;
        this.data = data;
        this.forgetting = forgetting;
        this.inline = inline;
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

    /// The block that was translated last has called its hook by now: it is known by the place of that call.
    void settle() {
        CodeBlock block = translated;
        if (block != null && data.hasNew(block.address())) {
            long place = data.newPlace();
            blocks.put(place, block);
            if (cut) {
                pieces.put(block.cut(0, block.length()), place);
            } else {
                count(place, block, !block.isSpecial());
            }
        }
        translated = null;
    }

    private void count(long place, CodeBlock block, boolean runsWhole) {
        if (inline != null && runsWhole) {
            inline.count(place, block);
        }
    }

    /// The block that was stopped at, or the last that ran.
    CodeBlock current() {
        settle();
        CodeBlock counting = data.countingBlock();
        return counting == null ? at(data.place(), data.block(), data.length()) : counting;
    }

    /// The block that calls its hook from a place.
    private CodeBlock at(long place, long address, int length) {
        CodeBlock known = blocks.get(place);
        if (known == null || known.address() != address || known.length() != length) {
            // An engine's first block is not reported.
            known = read(address, length);
            blocks.put(place, known);
            count(place, known, !looked && !known.isSpecial());
        }
        looked = true;
        return known;
    }

    private CodeBlock read(long address, int length) {
        int flags = switches.flags(engine.saveContext());
        int[] words = new int[length];
        // Only where the PC is no multiple of 4 does a block reach into the next page.
        boolean inPage = (address & (CpuLayout.PAGE - 1)) + (long) length * Integer.BYTES <= CpuLayout.PAGE;
        long host = inPage ? host(address, flags) : 0;
        if (host != 0) {
            MemorySegment.copy(MEMORY, JAVA_INT_UNALIGNED, host, words, 0, length);
        }
        CodeBlock block = new CodeBlock(address, flags, host, words);
        if (block.isSpecial()) {
            data.lookAt(address);
        }
        return block;
    }

    /// Where code that was just fetched is in the host's memory: the TLB alone knows, since the guest's tables may
    /// have changed. 0 if it is not there.
    private long host(long address, int flags) {
        return layout.hostAddress(layout.cpu(engine), TranslationFlags.mode(flags), address);
    }

    /// Sees to it that a piece of a block is found, or will be translated, as the whole one was.
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

    /// Outside of a run no fetch may fail: the TLB has to have the code, or the MMU has to be off.
    private boolean canTranslate(CodeBlock whole) {
        return host(whole.address(), whole.flags()) == whole.host()
                || (engine.readSystem(SystemRegister.SCTLR_EL1) & MMU) == 0;
    }

    /// Has a piece translated from what memory held when the whole block was.
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

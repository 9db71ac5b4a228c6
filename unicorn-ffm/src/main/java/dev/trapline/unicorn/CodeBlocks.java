package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each block of code of an engine was translated from.
///
/// A translation can be older than memory: another CPU wrote there, and nobody has done the maintenance. A block that
/// is cut has to be as old as the whole one, or the history would depend on where slices end.
final class CodeBlocks implements TranslationHook {

    // SAFETY: used only within the engine's CPU and within guest memory that it has mapped.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Unicorn engine;
    private final CpuLayout layout;
    private final SwitchLayout switches;
    private final BudgetData data;
    private final Map<Long, CodeBlock> blocks = new LinkedHashMap<>();
    private final Map<CodeBlock.Cut, int[]> cuts = new LinkedHashMap<>();
    private @Nullable CodeBlock translated;
    /// What was translated runs as it is, unless too little is left.
    private boolean whole;
    /// A block was looked at, so the next are reported.
    private boolean looked;
    private final @Nullable InlineCounts inline;

    /// @param inline null if every block is to call its hook each time
    CodeBlocks(
            Unicorn engine, CpuLayout layout, SwitchLayout switches, BudgetData data, @Nullable InlineCounts inline) {
        this.engine = engine;
        this.layout = layout;
        this.switches = switches;
        this.data = data;
        this.inline = inline;
    }

    @Override
    public void blockTranslated(long address, int size) {
        settle();
        CodeBlock block = read(address, size / Integer.BYTES);
        if (data.expectsCut()) {
            cuts.put(block.cut(0, block.length()), block.words(0, block.length()));
        }
        expect(block, !data.expectsCut() && !block.isSpecial());
    }

    private void expect(CodeBlock block, boolean isWhole) {
        translated = block;
        whole = isWhole;
        data.expectNew();
    }

    /// The block that was translated last has called its hook by now: it is known by the place of that call.
    void settle() {
        CodeBlock block = translated;
        if (block != null && data.hasNew(block.address())) {
            blocks.put(data.newPlace(), block);
            count(data.newPlace(), block, whole);
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
    ///
    /// @param limit the longest
    /// @return how long it is to be
    int prepareCut(CodeBlock whole, int from, int limit) {
        if (whole.host() == 0) {
            return limit;
        }
        for (int length = limit; length > 0; length--) {
            int[] expected = whole.words(from, from + length);
            int[] known = cuts.get(whole.cut(from, length));
            if (known == null || Arrays.equals(known, expected)) {
                int[] now = new int[length];
                MemorySegment.copy(MEMORY, JAVA_INT_UNALIGNED, whole.code(from), now, 0, length);
                if (!Arrays.equals(now, expected)) {
                    translateOld(whole, from, expected, now);
                }
                return length;
            }
        }
        forget(whole, from);
        return prepareCut(whole, from, 1);
    }

    /// Pieces of every length are there, all of another age: the code was changed since they were cut. They go.
    private void forget(CodeBlock whole, int from) {
        long code = whole.code(from);
        cuts.keySet().removeIf(cut -> cut.host() <= code && code < cut.host() + (long) cut.length() * Integer.BYTES);
        long address = whole.address() + (long) from * Integer.BYTES;
        engine.removeCache(address, address + 1);
    }

    /// Has a piece translated from what memory held when the whole block was.
    private void translateOld(CodeBlock whole, int from, int[] expected, int[] now) {
        if (host(whole.address(), whole.flags()) != whole.host()) {
            return;
        }
        CodeBlock.Cut cut = whole.cut(from, expected.length);
        MemorySegment.copy(expected, 0, MEMORY, JAVA_INT_UNALIGNED, cut.host(), expected.length);
        data.cutNext(expected.length);
        engine.translate(cut.address(), data.description());
        data.wholeNext();
        MemorySegment.copy(now, 0, MEMORY, JAVA_INT_UNALIGNED, cut.host(), now.length);
        cuts.put(cut, expected);
        expect(new CodeBlock(cut.address(), cut.flags(), cut.host(), expected), false);
    }
}

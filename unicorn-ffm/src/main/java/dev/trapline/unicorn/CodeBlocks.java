package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each block of code of an engine was translated from.
///
/// A translation can be older than memory: another CPU wrote there, and nobody has done the maintenance. A block that
/// is cut has to be as old as the whole one, or the history would depend on where slices end.
final class CodeBlocks implements CodeHooks {

    /// In the translation flags of AArch64: the MMU mode.
    private static final int MODE_SHIFT = 24;

    private static final int MODE_MASK = 0xf;

    private static final int SYS_MASK = 0xfff8_0000;
    private static final int SYS = 0xd508_0000;
    private static final int INSTRUCTION_CACHE = 7;
    private static final int ALL = Integer.MAX_VALUE;

    // SAFETY: used only within the engine's CPU and within guest memory that it has mapped.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// A block.
    ///
    /// @param address virtual
    /// @param flags what it was translated for
    /// @param host where its code is in the host's memory; 0 if that is not known
    /// @param words its code
    /// @param most how many instructions of it may run before the engine has to be looked at
    record Block(long address, int flags, long host, int[] words, int most) {
        Cut cut(int length) {
            return new Cut(address, flags, host, length);
        }
    }

    /// What the library finds a block of so many instructions by.
    record Cut(long address, int flags, long host, int length) {}

    private final Unicorn engine;
    private final CpuLayout layout;
    private final SwitchLayout switches;
    private final BudgetData data;
    private final Map<Long, Block> blocks = new HashMap<>();
    private final Map<Cut, int[]> cuts = new HashMap<>();
    private @Nullable Block translated;

    CodeBlocks(Unicorn engine, CpuLayout layout, SwitchLayout switches, BudgetData data) {
        this.engine = engine;
        this.layout = layout;
        this.switches = switches;
        this.data = data;
    }

    @Override
    public void blockTranslated(long address, int size) {
        settle();
        Block block = read(address, size / Integer.BYTES);
        if (data.expectsCut()) {
            cuts.put(block.cut(block.words.length), block.words);
        }
        translated = block;
        data.expectNew();
    }

    @Override
    public void instructionReached(long address) {
        throw new AssertionError("no instruction is hooked");
    }

    /// The block that was translated last has called its hook by now: it is known by the place of that call.
    private void settle() {
        Block block = translated;
        if (block != null && data.hasNew(block.address)) {
            blocks.put(data.newPlace(), block);
        }
        translated = null;
    }

    /// The block that calls its hook from a place.
    Block at(long place, long address, int length) {
        settle();
        Block known = blocks.get(place);
        if (known == null || known.address != address || known.words.length != length) {
            // An engine's first block is not reported.
            known = read(address, length);
            blocks.put(place, known);
        }
        return known;
    }

    private Block read(long address, int length) {
        int flags = switches.flags(engine.saveContext());
        long host = host(address, flags);
        int[] words = new int[length];
        if (host != 0) {
            MemorySegment.copy(MEMORY, JAVA_INT, host, words, 0, length);
        }
        int most = most(words);
        if (most < length) {
            data.lookAt(address);
        }
        return new Block(address, flags, host, words, most);
    }

    /// Where code that was just fetched is in the host's memory: the TLB alone knows, since the guest's tables may have
    /// changed. 0 if it is not there.
    private long host(long address, int flags) {
        return layout.hostAddress(layout.cpu(engine), (flags >> MODE_SHIFT) & MODE_MASK, address);
    }

    /// A hook on SYS that stops the engine takes effect at the end of a block: so a block has to end where one may.
    private static int most(int[] words) {
        for (int k = 0; k < words.length; k++) {
            if ((words[k] & SYS_MASK) == SYS) {
                int operation = words[k] >> 5 & 0x3fff;
                if (SystemRegister.crn(operation) == INSTRUCTION_CACHE && Translations.concernsOthers(operation)) {
                    return k + 1;
                }
            }
        }
        return ALL;
    }

    /// Sees to it that a block that is cut to a length is found, or will be translated, as the whole one was.
    ///
    /// @param limit the longest
    /// @return how long it is to be
    int prepareCut(Block whole, int limit) {
        if (whole.host == 0) {
            return limit;
        }
        for (int length = limit; length > 0; length--) {
            int[] expected = Arrays.copyOf(whole.words, length);
            int[] known = cuts.get(whole.cut(length));
            if (known == null || Arrays.equals(known, expected)) {
                int[] now = new int[length];
                MemorySegment.copy(MEMORY, JAVA_INT, whole.host, now, 0, length);
                if (!Arrays.equals(now, expected)) {
                    translateOld(whole, expected, now);
                }
                return length;
            }
        }
        return limit;
    }

    /// Has a block translated from what memory held when the whole one was.
    private void translateOld(Block whole, int[] expected, int[] now) {
        if (host(whole.address, whole.flags) != whole.host) {
            return;
        }
        MemorySegment.copy(expected, 0, MEMORY, JAVA_INT, whole.host, expected.length);
        data.cutNext(expected.length);
        engine.translate(whole.address, data.description());
        data.wholeNext();
        MemorySegment.copy(now, 0, MEMORY, JAVA_INT, whole.host, now.length);
        cuts.put(whole.cut(expected.length), expected);
    }
}

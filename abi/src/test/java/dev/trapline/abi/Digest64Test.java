package dev.trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Digest64Test {

    /// Computed from the definition by other means. The function is part of the journal's format: these values may
    /// change only together with [Digest64#VERSION].
    @Test
    void theFunctionIsFixedByItsVersion() {
        assertThat(Digest64.VERSION).isEqualTo(2);
        assertThat(Digest64.of(new long[] {}, 0)).isEqualTo(GOLDEN_EMPTY);
        assertThat(Digest64.of(new long[] {1, 2, 3, 4, 5}, 5)).isEqualTo(GOLDEN_FIVE);
        assertThat(Digest64.fold(0, 1)).isEqualTo(GOLDEN_FOLD);
    }

    private static final long GOLDEN_EMPTY = 0xaba7c6c74e0609e9L;
    private static final long GOLDEN_FIVE = 0x0e451afec0f6f7a6L;
    private static final long GOLDEN_FOLD = 0xdc2f7d5930bec8f2L;

    @Property
    void oneChangedBitChangesTheDigest(
            @ForAll @Size(34) long[] words, @ForAll @IntRange(max = 33) int word, @ForAll @IntRange(max = 63) int bit) {
        long before = Digest64.of(words, words.length);
        words[word] ^= 1L << bit;
        assertThat(Digest64.of(words, words.length)).isNotEqualTo(before);
    }

    @Property
    void theOrderOfTheWordsCounts(@ForAll @Size(34) long[] words, @ForAll @IntRange(max = 32) int at) {
        long before = Digest64.of(words, words.length);
        long first = words[at];
        words[at] = words[at + 1];
        words[at + 1] = first;
        boolean same = words[at] == words[at + 1];
        assertThat(Digest64.of(words, words.length) == before).isEqualTo(same);
    }

    @Test
    void manySmallDifferencesAllShow() {
        Set<Long> seen = new HashSet<>();
        long[] words = new long[34];
        for (int word = 0; word < 34; word++) {
            for (int value = 0; value < 1000; value++) {
                words[word] = value;
                seen.add(Digest64.of(words, 34));
            }
            words[word] = 0;
        }
        assertThat(seen)
                .as("34 x 999 different register files and the zero one")
                .hasSize(34 * 999 + 1);
    }

    @Test
    void theLastByteOfMemoryCounts() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(4096, 8);
            long zero = Digest64.of(memory, 0, 4096);
            memory.set(ValueLayout.JAVA_BYTE, 4095, (byte) 1);
            assertThat(Digest64.of(memory, 0, 4096)).isNotEqualTo(zero);
            assertThat(Digest64.of(memory, 0, 4088))
                    .as("what lies behind the block does not count")
                    .isEqualTo(Digest64.of(new byte[4088], 4088));
        }
    }

    @Property
    void theSameBytesHaveTheSameDigestOnTheHeapAndOutsideIt(
            @ForAll @Size(256) byte[] bytes,
            @ForAll @IntRange(max = 16) int first,
            @ForAll @IntRange(max = 15) int words) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            byte[] part = Arrays.copyOfRange(bytes, first * 8, (first + words) * 8);
            assertThat(Digest64.of(memory, first * 8L, words * 8L)).isEqualTo(Digest64.of(part, part.length));
        }
    }

    @Test
    void onlyWholeWordsHaveADigest() {
        assertThatThrownBy(() -> Digest64.of(new byte[16], 9)).hasMessageContaining("not 9 bytes");
    }
}

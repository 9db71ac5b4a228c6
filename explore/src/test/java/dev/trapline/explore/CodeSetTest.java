package dev.trapline.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeSetTest {

    private static final long KERNEL = 0xffff_8000_1008_0ff8L;

    private static CodeSet of(long begin, long end, boolean branches) {
        CodeSet.Collector collector = new CodeSet.Collector();
        collector.reached(begin, end, branches);
        return collector.take();
    }

    @Test
    void piecesOfABlockAreTheBlock() {
        CodeSet whole = of(KERNEL, KERNEL + 32, true);
        CodeSet pieces = of(KERNEL + 16, KERNEL + 32, true)
                .and(of(KERNEL, KERNEL + 8, false))
                .and(of(KERNEL + 4, KERNEL + 20, false))
                .and(of(KERNEL + 28, KERNEL + 32, true));
        assertThat(pieces).isEqualTo(whole);
        assertThat(pieces.instructions()).isEqualTo(8);
        assertThat(pieces.blocks()).isEqualTo(1);
        assertThat(pieces.ranges()).containsExactly(new CodeSet.Range(KERNEL, KERNEL + 28));
    }

    @Test
    void onlyWhatIsNewIsTaken() {
        CodeSet.Collector collector = new CodeSet.Collector();
        collector.reached(0, 8, true);
        CodeSet first = collector.take();
        collector.reached(16, 20, false);
        assertThat(collector.take().ranges()).containsExactly(new CodeSet.Range(16, 16));
        assertThat(collector.take().isEmpty()).isTrue();
        assertThat(first.ranges()).containsExactly(new CodeSet.Range(0, 4));
    }

    @Test
    void anAddressThatNoInstructionCanHaveIsNotCode() {
        assertThat(of(2, 6, true).isEmpty()).isTrue();
        assertThat(of(4, 4, false).isEmpty()).isTrue();
    }

    @Test
    void codeUpToTheEndOfTheAddressSpaceIsCounted() {
        assertThat(of(-8, 0, true).ranges()).containsExactly(new CodeSet.Range(-8, -4));
    }

    @Test
    void aSetIsItsText() {
        SplittableRandom random = new SplittableRandom(1);
        CodeSet set = CodeSet.EMPTY;
        assertThat(CodeSet.parse(set.toString())).isEqualTo(set);
        for (int k = 0; k < 50; k++) {
            long at = random.nextLong() & -4;
            set = set.and(of(at, at + 4L * random.nextInt(1, 100), random.nextBoolean()));
            assertThat(CodeSet.parse(set.toString())).isEqualTo(set);
            assertThat(CodeSet.parse(set.toString()).blocks()).isEqualTo(set.blocks());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", ":", "1", "1:2:3", "1: ", "x", "1:2", "10000000000000:1:1"})
    void anotherTextIsRefused(String text) {
        assertThatThrownBy(() -> CodeSet.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedTextIsRefused() {
        String text = of(0x4000_0000L, 0x4000_0040L, true).toString();
        assertThat(text).startsWith("40000:");
        for (String other : new String[] {
            text + " ",
            " " + text,
            text + " " + text,
            text.substring(0, text.length() - 1),
            text.replaceFirst("40000:", "g0000:"),
            text.replaceFirst("40000:", "10000000040000:"),
            text.replaceFirst("40000:", "10000000040000"),
            text.replaceFirst("ffff", "0fff").replaceFirst("8000", "fff0"),
            text.replace('f', '0').replace('8', '0'),
        }) {
            assertThatThrownBy(() -> CodeSet.parse(other)).as(other).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// The lowest pages are kept, in whatever order they come.
    @Test
    void aSetIsBounded() {
        CodeSet.Collector up = new CodeSet.Collector();
        CodeSet.Collector down = new CodeSet.Collector();
        CodeSet parts = CodeSet.EMPTY;
        int more = CodeSet.MOST_PAGES + 100;
        for (int k = 0; k < more; k++) {
            up.reached(k * 4096L, k * 4096L + 8, true);
            down.reached((more - k) * 4096L - 4096, (more - k) * 4096L - 4088, true);
            if (k == more / 2) {
                parts = down.take();
            }
        }
        CodeSet all = up.take();
        assertThat(all.isFull()).isTrue();
        assertThat(all.blocks()).isEqualTo(CodeSet.MOST_PAGES);
        assertThat(parts.isFull()).isFalse();
        assertThat(parts.and(down.take())).isEqualTo(all);
        assertThat(all.and(parts)).isEqualTo(all);
    }
}

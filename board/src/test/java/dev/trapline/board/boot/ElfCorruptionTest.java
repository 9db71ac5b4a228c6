package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Reading any file gives an image or throws an [ImageException], and nothing else. An image never has bytes that were
/// not in the file.
class ElfCorruptionTest {

    private static final byte[] GOOD = new ElfBuilder()
            .segment(0x4008_0000L, new byte[0x40], 0x100)
            .segment(0x4020_0000L, new byte[0x10], 0x10)
            .function("_start", 0x4008_0000L, 0x10)
            .symbol("loop", 0, 1, 0x4008_0010L, 0)
            .build()
            .toArray();

    /// A number that is written over the file. Most are at the edges of ranges.
    record Damage(int offset, int width, long value) {}

    @Provide
    Arbitrary<List<Damage>> damages() {
        Arbitrary<Long> values = Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 0x7fff_ffffL, 0x8000_0000L, -8L),
                Arbitraries.longs().between(0, 2L * GOOD.length));
        return Combinators.combine(
                        Arbitraries.integers().between(0, GOOD.length - 8), Arbitraries.of(1, 2, 4, 8), values)
                .as(Damage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Property(tries = 4000)
    void aDamagedFileIsAnImageOrRefused(@ForAll("damages") List<Damage> damages) {
        byte[] file = GOOD.clone();
        for (Damage damage : damages) {
            for (int i = 0; i < damage.width(); i++) {
                file[damage.offset() + i] = (byte) (damage.value() >>> (8 * i));
            }
        }
        assertImageOrRefused(Bytes.copyOf(file));
    }

    @Property(tries = 500)
    void noiseIsRefused(@ForAll byte[] noise) {
        assertImageOrRefused(Bytes.copyOf(noise));
    }

    private static void assertImageOrRefused(Bytes file) {
        ElfImage image;
        try {
            image = ElfImage.parse("damaged.elf", file);
        } catch (ImageException refused) {
            assertThat(refused).as("names the image").hasMessageStartingWith("damaged.elf: ");
            return;
        }
        assertThat(image.segments()).as("an image has something to load").isNotEmpty();
        assertThat(image.segments())
                .as("no segment is larger than the file it came from")
                .allSatisfy(segment -> assertThat(segment.content().size()).isLessThanOrEqualTo(file.size()));
        assertThat(image.segments().stream().anyMatch(segment -> segment.range().contains(image.entry())))
                .as("the first instruction 0x%x is in a segment", image.entry())
                .isTrue();
        image.symbols().keySet().forEach(image::symbolAt);
    }
}

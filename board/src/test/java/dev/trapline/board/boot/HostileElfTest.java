package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// ELF files that are well formed, and made to take all time or all memory.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HostileElfTest {

    private static final int SECTION = 64;
    private static final int SYMBOL = 24;
    private static final long START = 0x4008_0000L;

    private static ElfBuilder segments(int count, int bytes) {
        ElfBuilder builder = new ElfBuilder();
        for (int k = 0; k < count; k++) {
            builder.segment(START + k * 0x1_0000L, new byte[0x40], 0x40)
                    .patchSegment(k, 0x08, 8, 0)
                    .patchSegment(k, 0x20, 8, bytes)
                    .patchSegment(k, 0x28, 8, bytes);
        }
        return builder;
    }

    private static void assertRefused(Bytes file, String reason) {
        assertThatThrownBy(() -> ElfImage.parse("hostile.elf", file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("hostile.elf: ")
                .hasMessageContaining(reason);
    }

    @Test
    void segmentsThatAllHaveTheSameBytesAreRefused() {
        assertRefused(segments(100, 0x2000).build(), "segments 0 to 5 have together 0xc000 bytes of a file of ");
        assertThat(ElfImage.parse("shared.elf", segments(4, 0x100).build()).segments())
                .as("a part of the file that is in a few segments")
                .hasSize(4);
    }

    @Test
    void symbolTablesThatAreAllTheSameAreRefused() {
        ElfBuilder builder = ElfBuilder.small();
        for (int k = 0; k < 20_000; k++) {
            builder.function("f" + k, START, 4);
        }
        byte[] good = builder.build().toArray();
        int sections = good.length - 3 * SECTION;
        int count = 20_000;
        byte[] bad = Arrays.copyOf(good, good.length + count * SECTION);
        for (int k = 0; k < count; k++) {
            System.arraycopy(good, sections + SECTION, bad, good.length + k * SECTION, SECTION);
        }
        ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putShort(0x3c, (short) (count + 3));
        assertThat(ElfImage.parse("good.elf", Bytes.copyOf(good)).symbols()).isNotEmpty();
        assertRefused(Bytes.copyOf(bad), "have together more bytes than the file");
    }

    @Test
    void symbolsThatAllHaveTheSameLongNameAreRefused() {
        int count = 3000;
        ElfBuilder builder = new ElfBuilder().segment(START, new byte[0x40], 0x10_0000);
        builder.function("n".repeat(4000), START, 4);
        for (int k = 1; k < count; k++) {
            builder.function("x", START + 4L * k, 4).patch(64 + 56 + 0x40 + (k + 1) * SYMBOL, 4, 1);
        }
        assertRefused(builder.build(), "names of its symbols have together more than 4 times the file's bytes");
    }
}

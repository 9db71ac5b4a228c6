package dev.trapline.journal.file;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pages of the store that declare more than they can contain: they are refused before anything is allocated.
class StoredPageTest {

    private static final int CHUNK = 7;
    private static final int OFFSET = 160;
    private static final long FILE_BYTES = 1 << 20;

    /// A page with a correct check value.
    private static ByteBuffer page(int map, int keys, int type, byte... content) {
        ByteBuffer page = ByteBuffer.allocate(64 + content.length);
        page.putInt(0);
        page.putShort((short) 0);
        varint(page, 0);
        varint(page, map);
        varint(page, keys);
        page.put((byte) type);
        page.put(content);
        int length = page.position();
        page.putInt(0, length);
        page.putShort(4, (short)
                (DataUtils.getCheckValue(CHUNK) ^ DataUtils.getCheckValue(OFFSET) ^ DataUtils.getCheckValue(length)));
        return page.flip();
    }

    private static void varint(ByteBuffer into, int value) {
        int rest = value;
        for (; (rest & ~0x7f) != 0; rest >>>= 7) {
            into.put((byte) (rest | 0x80));
        }
        into.put((byte) rest);
    }

    private static byte[] text(int claimed, String characters) {
        ByteBuffer text = ByteBuffer.allocate(8 + characters.length());
        varint(text, claimed);
        text.put(characters.getBytes(StandardCharsets.ISO_8859_1));
        byte[] bytes = new byte[text.position()];
        text.flip().get(bytes);
        return bytes;
    }

    private static byte[] both(byte[] a, byte[] b) {
        return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
    }

    private static void check(ByteBuffer page) {
        StoredPage.check(page, CHUNK, OFFSET, new PageCounts(), FILE_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "9"})
    void noPageHasMoreKeysThanBytes(int map) {
        assertThatThrownBy(() -> check(page(map, Integer.MAX_VALUE, 0)))
                .isInstanceOf(MVStoreException.class)
                .hasMessageContaining("2147483647 keys");
        assertThatThrownBy(() -> check(page(map, -1, 1))).isInstanceOf(MVStoreException.class);
    }

    @Test
    void noWayDownLeadsInACircle() {
        long itself = position(CHUNK, OFFSET);
        long before = position(CHUNK, OFFSET - 64);
        long later = position(CHUNK + 1, 64);
        for (long child : new long[] {itself, before, later}) {
            assertThatThrownBy(() -> check(inner(child)))
                    .as("the store would loop for ever")
                    .hasMessageContaining("leads to one that was written after it");
        }
        for (long child : new long[] {0, position(CHUNK, OFFSET + 64), position(CHUNK - 1, 4096)}) {
            assertThatCode(() -> check(inner(child))).doesNotThrowAnyException();
        }
    }

    private static long position(int chunk, int offset) {
        return DataUtils.composePagePos(chunk, offset, 64, 1);
    }

    private static ByteBuffer inner(long child) {
        return page(
                5,
                0,
                1,
                ByteBuffer.allocate(9)
                        .putLong(child)
                        .put((byte) (child == 0 ? 0 : 1))
                        .array());
    }

    /// Otherwise a few pages that all lead to the same next one would be a way without an end.
    @Test
    void aPageLeadsToAsManyEntriesAsThePageAboveItSays() {
        PageCounts counts = new PageCounts();
        counts.say(CHUNK, OFFSET, 3, 1);
        assertThatThrownBy(() -> StoredPage.check(page(5, 1, 0, (byte) 0), CHUNK, OFFSET, counts, FILE_BYTES))
                .hasMessageContaining("should lead to 3 entries, and leads to 1");
        assertThatThrownBy(() -> counts.say(CHUNK, OFFSET, 2, 1)).hasMessageContaining("has 3 entries, or 2");
        long child = position(CHUNK - 1, 4096);
        assertThatThrownBy(() -> check(page(
                        5,
                        0,
                        1,
                        ByteBuffer.allocate(9).putLong(child).put((byte) 0).array())))
                .hasMessageContaining("claims to have 0 entries");
        byte[] many = ByteBuffer.allocate(12)
                .putLong(child)
                .put(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, 1})
                .array();
        assertThatThrownBy(() -> check(page(5, 0, 1, many))).hasMessageContaining("claims to lead to 2097152 entries");
    }

    @Test
    void noPageIsCompressed() {
        assertThatThrownBy(() -> check(page(5, 1, 2))).hasMessageContaining("compressed");
    }

    @Test
    void noTextOfTheStoresOwnMapsIsLongerThanItsPage() {
        assertThatThrownBy(() -> check(page(0, 1, 0, text(Integer.MAX_VALUE, "a"))))
                .hasMessageContaining("a text of 2147483647 characters");
        assertThatThrownBy(() -> check(page(1, 1, 0, both(text(1, "a"), text(1 << 30, "b")))))
                .hasMessageContaining("a text of 1073741824 characters");
        assertThatCode(() -> check(page(1, 1, 0, both(text(1, "a"), text(1, "b")))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        chunk:1,block:2,len:7fffffff,pages:1
        chunk:1,block:7fffffffffffff,len:1,pages:1
        chunk:1,block:ffffffffffffffffffff,len:1,pages:1
        chunk:1,block:2,len:1,pages:7fffffff
        """)
    void noChunkGoesBeyondTheFile(String chunk) {
        assertThatThrownBy(() -> check(page(0, 1, 0, both(text(7, "chunk.1"), text(chunk.length(), chunk)))))
                .hasMessageContaining("goes beyond the end");
        assertThatThrownBy(() -> StoredPage.checkChunkHeader(
                        ByteBuffer.wrap((chunk + "\n").getBytes(StandardCharsets.ISO_8859_1)), FILE_BYTES))
                .hasMessageContaining("goes beyond the end");
    }

    @Test
    void whatIsNoPageIsLeftToTheStore() {
        ByteBuffer other = page(0, Integer.MAX_VALUE, 0);
        other.putShort(4, (short) (other.getShort(4) + 1));
        assertThatCode(() -> check(other))
                .as("its check value is wrong: the store itself refuses it")
                .doesNotThrowAnyException();
    }
}

package dev.trapline.journal.file;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/// Checks the claims of a page of the store.
///
/// ```text
///  i32 length, i16 check value, varint page number, varint map, varint keys, u8 type
///  inner page: i64 position of each child (one more than keys), varlong count of each
///  keys, then on a leaf the values
/// ```
/// The store's own maps have texts as keys and values: a varint of characters, then the characters. One of them says
/// where its chunks are. The types of all other maps compare each length with the remaining bytes themselves.
final class StoredPage {

    private static final int BLOCK = 4096;
    private static final int TYPE_INNER = 1;
    private static final int TYPE_COMPRESSED = 2;
    /// The largest number of the store's own maps: where its chunks are, and which maps there are.
    private static final int LAST_OWN_MAP = 1;

    /// The most entries of the store's own maps for each block of the file: each chunk has a block at least, and
    /// there are a few for each map.
    private static final int OWN_ENTRIES = 64;
    /// More than there can be.
    private static final long MOST_ENTRIES = 1L << 62;

    private static final String CHUNK = "chunk:";

    private StoredPage() {}

    static MVStoreException damaged(String what) {
        return DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, what.replace("{", "'{'"));
    }

    /// Checks bytes that were read from a chunk, if they are the beginning of a page.
    ///
    /// @param chunk its number
    /// @param offset where in the chunk it stands
    /// @param counts of the pages that were read before
    /// @param fileBytes size of the file
    static void check(ByteBuffer bytes, int chunk, int offset, PageCounts counts, long fileBytes) {
        try {
            if (bytes.remaining() < 8) {
                return;
            }
            int length = bytes.getInt();
            int expected =
                    DataUtils.getCheckValue(chunk) ^ DataUtils.getCheckValue(offset) ^ DataUtils.getCheckValue(length);
            // If the check value is wrong, the store refuses the page itself.
            if (bytes.getShort() == (short) expected && length > 0) {
                checkPage(bytes, length, new Place(chunk, offset), counts, fileBytes);
            }
        } catch (BufferUnderflowException e) {
            // The store reads the beginning of a long page to learn its length, and then all of it.
        }
    }

    /// Where a page is.
    private record Place(int chunk, int offset) {

        /// Whether a page's child may be at this position. A child is written in an earlier chunk, or after its
        /// parent in the same chunk, so the pages cannot form a cycle.
        boolean mayLeadTo(long child) {
            int other = DataUtils.getPageChunkId(child);
            return child == 0 || other < chunk || (other == chunk && DataUtils.getPageOffset(child) > offset);
        }
    }

    private static void checkPage(ByteBuffer bytes, int length, Place place, PageCounts counts, long fileBytes) {
        DataUtils.readVarInt(bytes);
        int map = DataUtils.readVarInt(bytes);
        int keys = DataUtils.readVarInt(bytes);
        // Each key takes a byte at least.
        if (keys < 0 || keys > length) {
            throw damaged("a page of " + length + " bytes claims to have " + keys + " keys");
        }
        int type = bytes.get();
        if ((type & TYPE_COMPRESSED) != 0) {
            throw damaged("a page is compressed, and no recording has such pages");
        }
        boolean isInner = (type & TYPE_INNER) != 0;
        long entries = isInner ? entriesBelow(bytes, keys + 1, place, counts) : keys;
        // An entry of any map takes a byte at least, and the store's own maps have a few for each chunk.
        long most = map > LAST_OWN_MAP ? fileBytes : fileBytes / BLOCK * OWN_ENTRIES;
        if (entries > most) {
            throw damaged("a page claims to lead to " + entries + " entries, in a file of " + fileBytes + " bytes");
        }
        counts.found(place.chunk(), place.offset(), entries);
        if (map > LAST_OWN_MAP) {
            return;
        }
        for (int text = isInner ? keys : 2 * keys; text > 0; text--) {
            checkText(bytes, fileBytes);
        }
    }

    /// The number of entries below an inner page. A page without entries would be an end that counts for nothing,
    /// and could be reached in any number of ways.
    private static long entriesBelow(ByteBuffer bytes, int children, Place place, PageCounts counts) {
        int at = bytes.position();
        for (int n = 0; n < children; n++) {
            if (!place.mayLeadTo(bytes.getLong())) {
                throw damaged("a page leads to one that was written after it");
            }
        }
        int above = counts.above(place.chunk(), place.offset()) + 1;
        long sum = 0;
        for (int n = 0; n < children; n++) {
            long child = bytes.getLong(at + n * Long.BYTES);
            long entries = DataUtils.readVarLong(bytes);
            if (child == 0 ? entries != 0 : entries <= 0) {
                throw damaged("a page claims to have " + entries + " entries");
            }
            // The sum does not overflow.
            sum += Math.min(entries, MOST_ENTRIES - sum);
            if (child != 0) {
                counts.say(DataUtils.getPageChunkId(child), DataUtils.getPageOffset(child), entries, above);
            }
        }
        return sum;
    }

    private static void checkText(ByteBuffer bytes, long fileBytes) {
        int characters = DataUtils.readVarInt(bytes);
        if (characters < 0 || characters > bytes.remaining()) {
            throw damaged("a text of " + characters + " characters where " + bytes.remaining() + " bytes are left");
        }
        String text = DataUtils.readString(bytes, characters);
        if (text.startsWith(CHUNK)) {
            checkChunk(text, fileBytes);
        }
    }

    /// Checks the beginning of a chunk.
    static void checkChunkHeader(ByteBuffer bytes, long fileBytes) {
        byte[] start = new byte[Math.min(bytes.remaining(), 1024)];
        bytes.get(start);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        if (text.startsWith(CHUNK) && end > 0) {
            checkChunk(text.substring(0, end), fileBytes);
        }
    }

    /// The store keeps a bit for each block up to a chunk's end, and a number for each of its pages.
    private static void checkChunk(String text, long fileBytes) {
        long blocks = fileBytes / BLOCK;
        long length = number(text, ",len:");
        if (length > blocks || number(text, ",block:") > blocks || number(text, ",pages:") > fileBytes) {
            throw damaged("a chunk goes beyond the end of a file of " + fileBytes + " bytes: " + text.strip());
        }
    }

    private static long number(String text, String name) {
        int at = text.indexOf(name);
        if (at < 0) {
            return 0;
        }
        int begin = at + name.length();
        int end = begin;
        while (end < text.length() && Character.digit(text.charAt(end), 16) >= 0) {
            end++;
        }
        // Fifteen digits fit a long, and no file has as many bytes.
        return end == begin ? 0 : end - begin > 15 ? Long.MAX_VALUE : Long.parseLong(text, begin, end, 16);
    }
}

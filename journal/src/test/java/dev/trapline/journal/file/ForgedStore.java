package dev.trapline.journal.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.DataUtils;

/// Makes a file of the store in which every inner page leads to one and the same next page, `wide` times. A few pages
/// then lead to the last one in `wide` to the power of `depth` ways, and who walks through the tree never arrives.
public final class ForgedStore {

    private static final int BLOCK = 4096;
    private static final int CHUNK = 1;
    private static final int HEADER_BYTES = 512;
    private static final int FOOTER_BYTES = 128;

    private static final String KEY = "chunk.1";

    private final int depth;
    private final int wide;

    private ForgedStore(int depth, int wide) {
        this.depth = depth;
        this.wide = wide;
    }

    /// Writes the file.
    ///
    /// @param honest whether each page says how many entries it leads to; otherwise it says one
    public static void write(Path file, int depth, int wide, boolean honest) throws IOException {
        Files.write(file, new ForgedStore(depth, wide).bytes(honest));
    }

    private byte[] bytes(boolean honest) {
        ByteArrayOutputStream pages = new ByteArrayOutputStream();
        long[] below = new long[depth + 1];
        below[depth] = 1;
        for (int level = depth - 1; level >= 0; level--) {
            below[level] = honest ? below[level + 1] * wide : wide;
        }
        int length = inner(0, 0, 0, 0).length;
        int root = HEADER_BYTES;
        for (int level = 0; level < depth; level++) {
            int next = root + (level + 1) * length;
            boolean last = level == depth - 1;
            long child = DataUtils.composePagePos(CHUNK, next, last ? leaf(next, level).length : length, last ? 0 : 1);
            pages.writeBytes(inner(root + level * length, level, child, honest ? below[level + 1] : 1));
        }
        pages.writeBytes(leaf(root + depth * length, depth));
        int toc = HEADER_BYTES + pages.size();
        pages.writeBytes(new byte[Long.BYTES * (depth + 1)]);
        int blocks = (HEADER_BYTES + pages.size() + FOOTER_BYTES + BLOCK - 1) / BLOCK;
        String chunk = "chunk:1,block:2,len:%x,map:10,max:1000,next:%x,pages:%x,root:%x,time:1,toc:%x,version:1"
                .formatted(blocks, 2 + blocks, depth + 1, DataUtils.composePagePos(CHUNK, root, length, 1), toc);
        ByteBuffer file = ByteBuffer.allocate((2 + blocks) * BLOCK);
        String header = summed("H:2,block:2,blockSize:1000,chunk:1,created:18f,format:3,version:1");
        file.put(0, ascii(header));
        file.put(BLOCK, ascii(header));
        file.put(2 * BLOCK, ascii(("%-" + (HEADER_BYTES - 1) + "s%n").formatted(chunk)));
        file.put(2 * BLOCK + HEADER_BYTES, pages.toByteArray());
        String footer = summed("chunk:1,len:%x,version:1".formatted(blocks)).strip();
        file.put(file.capacity() - FOOTER_BYTES, ascii(("%-" + (FOOTER_BYTES - 1) + "s%n").formatted(footer)));
        return file.array();
    }

    private static String summed(String fields) {
        int sum = DataUtils.getFletcher32(ascii(fields), 0, fields.length());
        return fields + ",fletcher:" + Integer.toHexString(sum) + "\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] inner(int offset, int number, long child, long count) {
        ByteBuffer content = ByteBuffer.allocate(wide * (Long.BYTES + 10 + 1 + KEY.length()));
        for (int n = 0; n < wide; n++) {
            content.putLong(child);
        }
        for (int n = 0; n < wide; n++) {
            // Always ten bytes, so that all pages have one length: the store reads such a number all the same.
            padded(content, count);
        }
        for (int n = 1; n < wide; n++) {
            text(content, KEY);
        }
        return page(offset, number, wide - 1, 1, content.flip());
    }

    private static byte[] leaf(int offset, int number) {
        String value = "chunk:1,block:2,len:1,map:10,max:1000,next:3,pages:1,root:4000802,time:1,toc:400,version:1";
        ByteBuffer content = ByteBuffer.allocate(256);
        text(content, KEY);
        text(content, value);
        return page(offset, number, 1, 0, content.flip());
    }

    private static byte[] page(int offset, int number, int keys, int type, ByteBuffer content) {
        ByteBuffer page = ByteBuffer.allocate(16 + content.remaining());
        page.putInt(0).putShort((short) 0);
        page.put((byte) number).put((byte) 0).put((byte) keys).put((byte) type).put(content);
        int length = page.position();
        int check = DataUtils.getCheckValue(CHUNK) ^ DataUtils.getCheckValue(offset) ^ DataUtils.getCheckValue(length);
        page.putInt(0, length).putShort(4, (short) check);
        byte[] bytes = new byte[length];
        page.flip().get(bytes);
        return bytes;
    }

    private static void text(ByteBuffer into, String text) {
        into.put((byte) text.length()).put(ascii(text));
    }

    private static void padded(ByteBuffer into, long value) {
        long rest = value;
        for (int n = 0; n < 8; n++) {
            into.put((byte) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        into.put((byte) (rest & 0x7f));
    }
}

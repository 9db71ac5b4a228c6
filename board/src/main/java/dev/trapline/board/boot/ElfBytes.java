package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads a file at offsets that the file contains. Each offset is checked, as an unsigned number, before it is used.
final class ElfBytes {

    /// Longer symbol names are not readable.
    private static final int MAX_NAME = 4096;

    /// How many times the bytes of the file all segments together may have, or all names of symbols. A linker puts
    /// each part of the file into one segment, and may store a name at the end of another one. Without a limit, a
    /// small file could have any number of bytes.
    static final int MOST_TIMES = 4;

    private final String image;
    private final byte[] content;
    private final ByteBuffer words;

    ElfBytes(String image, Bytes file) {
        this.image = image;
        this.content = file.toArray();
        this.words = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
        return content.length;
    }

    /// Whether so many bytes can be of different parts of the file: see [#MOST_TIMES].
    boolean isPlausible(long bytes) {
        return bytes <= (long) MOST_TIMES * content.length;
    }

    ImageException refuse(String problem) {
        return new ImageException(image, problem);
    }

    /// Checks that the file has these bytes.
    ///
    /// @param what the name of these bytes, for the message
    void require(long offset, long length, String what) {
        if (Long.compareUnsigned(offset, content.length) > 0
                || Long.compareUnsigned(length, content.length - offset) > 0) {
            throw refuse(("%s at offset 0x%x, 0x%x bytes, reaches beyond the end of the file (0x%x bytes);"
                            + " it is truncated or damaged: build or copy it again")
                    .formatted(what, offset, length, content.length));
        }
    }

    int u8(long offset, String what) {
        require(offset, 1, what);
        return content[(int) offset] & 0xff;
    }

    int u16(long offset, String what) {
        require(offset, 2, what);
        return words.getShort((int) offset) & 0xffff;
    }

    int i32(long offset, String what) {
        require(offset, 4, what);
        return words.getInt((int) offset);
    }

    long u32(long offset, String what) {
        return Integer.toUnsignedLong(i32(offset, what));
    }

    long i64(long offset, String what) {
        require(offset, 8, what);
        return words.getLong((int) offset);
    }

    /// An address, an offset or a size. A 32-bit value is zero-extended.
    long word(ElfLayout layout, long offset, String what) {
        return layout.word() == Long.BYTES ? i64(offset, what) : u32(offset, what);
    }

    /// A part of the file that [#require] has checked.
    Bytes slice(long offset, long length) {
        return Bytes.copyOf(content, (int) offset, (int) (offset + length));
    }

    /// A string that ends in a zero byte, in a table that [#require] has checked.
    ///
    /// @param table file offset of the table
    /// @param length length of the table, in bytes
    /// @param index where in the table the string starts
    String text(long table, long length, long index, String what) {
        if (Long.compareUnsigned(index, length) >= 0) {
            throw refuse("%s is at 0x%x in a string table of 0x%x bytes; the file is damaged: build it again"
                    .formatted(what, index, length));
        }
        int from = (int) (table + index);
        int end = (int) (table + Math.min(length, index + MAX_NAME));
        for (int at = from; at < end; at++) {
            if (content[at] == 0) {
                return new String(content, from, at - from, StandardCharsets.UTF_8);
            }
        }
        throw refuse("%s at 0x%x in its string table has no end within %d bytes; the file is damaged: build it again"
                .formatted(what, index, MAX_NAME));
    }
}

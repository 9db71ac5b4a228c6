package dev.trapline.journal.bundle;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.store.Manifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layout of a file that holds one recording.
///
/// ```text
///  u32 magic "TLRX", u32 version of this layout
///  parts in order: manifest, header, images, segments, end
///
/// part:
///   0  u8   kind
///   1  u32  ordinal, from 0
///   5  u64  bytes of its content
///  13  u64  bytes stored
///  21       the content as one Zstandard frame
///   n  32   SHA-256 of: the hash of the part before (of the file's first 8 bytes for part 0), bytes 0 to n - 1
/// ```
/// Numbers are little-endian. A hash covers every byte of the file, and each hash covers the previous one. So a part
/// that was changed, lost, duplicated, swapped or taken from another file is noticed before it is decoded.
final class Part {

    static final int VERSION = 1;
    static final int PROLOGUE_BYTES = 8;
    static final int HEAD_BYTES = 21;
    static final int HASH_BYTES = 32;

    /// Segments are compressed in groups of up to this many bytes, because single segments compress less well.
    static final int GROUP_BYTES = 4 << 20;
    /// The one that makes a group large enough: a few records that are as large as a record may be.
    private static final int MOST_IN_SEGMENT = 4 * JournalRecord.MAX_BYTES;

    private static final int MAGIC = 0x5852_4c54; // "TLRX"

    private Part() {}

    /// The kind of a part's content. A part is followed by one of the same kind or of a later one.
    enum Kind {
        MANIFEST(1, "the manifest", Manifest.MOST_BYTES),
        HEADER(2, "the header", JournalRecord.MAX_BYTES),
        IMAGE(3, "an image", Integer.MAX_VALUE - 8L),
        SEGMENTS(4, "segments", GROUP_BYTES + MOST_IN_SEGMENT),
        END(5, "the end", 2 * Long.BYTES);

        private final int code;
        private final String words;
        private final long most;

        Kind(int code, String words, long most) {
            this.code = code;
            this.words = words;
            this.most = most;
        }

        /// The largest size of the content, in bytes; for an image, the header gives a tighter limit.
        long most() {
            return most;
        }

        int code() {
            return code;
        }

        String words() {
            return words;
        }

        /// The kind with a code; null if there is none.
        static @Nullable Kind of(int code) {
            return List.of(values()).stream()
                    .filter(kind -> kind.code == code)
                    .findFirst()
                    .orElse(null);
        }
    }

    /// The file's first bytes.
    static byte[] prologue() {
        return ByteBuffer.allocate(PROLOGUE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(VERSION)
                .array();
    }

    /// Whether a file begins as one of these, of whatever version.
    static boolean isMagic(byte[] prologue) {
        return little(prologue).getInt() == MAGIC;
    }

    static int version(byte[] prologue) {
        return little(prologue).getInt(4);
    }

    static byte[] head(Kind kind, int ordinal, long contentBytes, long storedBytes) {
        return ByteBuffer.allocate(HEAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) kind.code())
                .putInt(ordinal)
                .putLong(contentBytes)
                .putLong(storedBytes)
                .array();
    }

    static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The hash over some bytes after one another.
    static byte[] hash(byte[]... parts) {
        MessageDigest digest = sha256();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

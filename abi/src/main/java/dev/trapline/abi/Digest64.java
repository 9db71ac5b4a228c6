package dev.trapline.abi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// A fast 64-bit digest of guest state, for noticing that two runs differ.
///
/// It is not cryptographic. Any one changed bit of input changes the result, and the order of the words counts. The
/// functions are part of the journal's format: their version is [#VERSION], and a recording names the one it was made
/// with.
public final class Digest64 {

    /// Increases with every change of a function, and of the inputs of a machine's digests.
    public static final int VERSION = 2;

    private static final int LANES = 4;

    private static final long M1 = 0x9e37_79b9_7f4a_7c15L;
    private static final long M2 = 0xc2b2_ae3d_27d4_eb4fL;
    private static final long M3 = 0x1656_67b1_9e37_79f9L;
    private static final long M4 = 0x27d4_eb2f_1656_67c5L;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD_OF_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Digest64() {}

    /// Folds one more word into a digest.
    public static long fold(long digest, long word) {
        long mixed = (digest ^ word) * M1;
        return Long.rotateLeft(mixed, 29) * M2 + M3;
    }

    /// The digest of the first `count` words of an array. Four independent lanes, so that the multiplications
    /// overlap.
    public static long of(long[] words, int count) {
        Objects.checkFromIndexSize(0, count, words.length);
        long a = M1;
        long b = M2;
        long c = M3;
        long d = M4;
        int whole = count & -LANES;
        for (int i = 0; i < whole; i += LANES) {
            a = lane(a, words[i], M1);
            b = lane(b, words[i + 1], M2);
            c = lane(c, words[i + 2], M3);
            d = lane(d, words[i + 3], M4);
        }
        for (int i = whole; i < count; i++) {
            a = lane(a, words[i], M1);
        }
        return finish(a, b, c, d, count);
    }

    /// The digest of the first `size` bytes of an array, read as little-endian words.
    ///
    /// @param size a multiple of 8
    public static long of(byte[] bytes, int size) {
        checkWords(size);
        long a = M1;
        long b = M2;
        long c = M3;
        long d = M4;
        int at = 0;
        for (; at + 32 <= size; at += 32) {
            a = lane(a, (long) WORD_OF_BYTES.get(bytes, at), M1);
            b = lane(b, (long) WORD_OF_BYTES.get(bytes, at + 8), M2);
            c = lane(c, (long) WORD_OF_BYTES.get(bytes, at + 16), M3);
            d = lane(d, (long) WORD_OF_BYTES.get(bytes, at + 24), M4);
        }
        for (; at < size; at += 8) {
            a = lane(a, (long) WORD_OF_BYTES.get(bytes, at), M1);
        }
        return finish(a, b, c, d, size);
    }

    /// The digest of a text: of its UTF-8, with zeros up to a whole word.
    public static long of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] words = Arrays.copyOf(bytes, (bytes.length + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
        return of(words, words.length);
    }

    /// The digest of memory outside the heap: as of an array with the same bytes. Ten gigabytes a second.
    ///
    /// @param size bytes from `offset` on, a multiple of 8
    public static long of(MemorySegment memory, long offset, long size) {
        checkWords(size);
        long a = M1;
        long b = M2;
        long c = M3;
        long d = M4;
        long end = offset + size;
        long at = offset;
        for (; at + 32 <= end; at += 32) {
            a = lane(a, memory.get(WORD, at), M1);
            b = lane(b, memory.get(WORD, at + 8), M2);
            c = lane(c, memory.get(WORD, at + 16), M3);
            d = lane(d, memory.get(WORD, at + 24), M4);
        }
        for (; at < end; at += 8) {
            a = lane(a, memory.get(WORD, at), M1);
        }
        return finish(a, b, c, d, size);
    }

    private static void checkWords(long size) {
        if (size < 0 || size % 8 != 0) {
            throw new IllegalArgumentException("a digest takes whole 8-byte words, not " + size + " bytes");
        }
    }

    private static long lane(long state, long word, long multiplier) {
        return Long.rotateLeft((state ^ word) * multiplier, 31);
    }

    private static long finish(long a, long b, long c, long d, long length) {
        long digest = fold(fold(fold(fold(length, a), b), c), d);
        digest = (digest ^ (digest >>> 32)) * M1;
        return digest ^ (digest >>> 29);
    }
}

package dev.trapline.timeline.checkpoint;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.journal.codec.CodecException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Values of a store of checkpoints as they are kept: their length, and the content packed.
///
/// Keeps what the library needs from one value to the next: to make it anew takes longer than to unpack a page.
///
/// Used by one thread at a time.
final class Packing implements AutoCloseable {

    /// The most bytes of a page.
    static final int PAGE = (int) MemoryMap.PAGE;
    /// The most bytes of a checkpoint without its pages: a hash for each page of 64 GiB is half a gigabyte. What
    /// claims to be larger than that, or than fits into this process well, is none.
    static final int MOST = (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8);

    private static final int LEVEL = 1;

    private final MessageDigest sha256;
    private @Nullable ZstdCompressCtx packer;
    private @Nullable ZstdDecompressCtx unpacker;

    Packing() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// A value as it is kept.
    byte[] pack(byte[] content) {
        if (packer == null) {
            packer = new ZstdCompressCtx().setLevel(LEVEL);
        }
        byte[] packed = packer.compress(content);
        return ByteBuffer.allocate(Integer.BYTES + packed.length)
                .putInt(content.length)
                .put(packed)
                .array();
    }

    /// The content of a value.
    ///
    /// @param hash that it must have
    /// @param most bytes that the content may have
    /// @throws CodecException if it is not what was kept
    byte[] unpack(byte @Nullable [] value, String hash, int most) {
        if (value == null || value.length < Integer.BYTES) {
            throw new CodecException("a part of it is missing");
        }
        int length = ByteBuffer.wrap(value).getInt();
        long said = Zstd.getFrameContentSize(value, Integer.BYTES, value.length - Integer.BYTES);
        if (length < 0 || length > most || length != said) {
            throw new CodecException("a part of it says that it has " + length + " bytes");
        }
        if (unpacker == null) {
            unpacker = new ZstdDecompressCtx();
        }
        byte[] content = new byte[length];
        int unpacked;
        try {
            unpacked = unpacker.decompressByteArray(
                    content, 0, length, value, Integer.BYTES, value.length - Integer.BYTES);
        } catch (ZstdException e) {
            throw new CodecException("a part of it cannot be unpacked: " + e.getMessage(), e);
        }
        if (unpacked != length || !hash.equals(HexFormat.of().formatHex(sha256.digest(content)))) {
            throw new CodecException("a part of it is not what was kept");
        }
        return content;
    }

    @Override
    public void close() {
        if (packer != null) {
            packer.close();
            packer = null;
        }
        if (unpacker != null) {
            unpacker.close();
            unpacker = null;
        }
    }
}

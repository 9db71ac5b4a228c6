package dev.trapline.journal.bundle;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/// Writes the parts of a file, one after the other.
final class PartWriter {

    /// Zstandard's default level: a recording of a loop shrinks to a few per cent of its size, at hundreds of
    /// megabytes per second.
    private static final int LEVEL = 3;

    /// Larger contents, such as an image of a gigabyte, are packed piece by piece, so that the export can be ended
    /// in between.
    private static final int LARGE = 32 << 20;

    private static final int STEP = 1 << 20;

    private final OutputStream out;
    private final Runnable progress;
    private byte[] hash;
    private int next;

    /// @param progress called now and then; may throw to end the export
    PartWriter(OutputStream out, Runnable progress) throws IOException {
        this.out = out;
        this.progress = progress;
        byte[] prologue = Part.prologue();
        out.write(prologue);
        this.hash = Part.hash(prologue);
    }

    void write(Part.Kind kind, byte[] content) throws IOException {
        byte[] stored = content.length <= LARGE ? Zstd.compress(content, LEVEL) : packed(content);
        byte[] head = Part.head(kind, next++, content.length, stored.length);
        MessageDigest digest = Part.sha256();
        digest.update(hash);
        digest.update(head);
        out.write(head);
        for (int at = 0; at < stored.length; at += STEP) {
            progress.run();
            int length = Math.min(STEP, stored.length - at);
            digest.update(stored, at, length);
            out.write(stored, at, length);
        }
        hash = digest.digest();
        out.write(hash);
    }

    private byte[] packed(byte[] content) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream((int) Zstd.compressBound(content.length));
        try (OutputStream packing = new ZstdOutputStream(stored, LEVEL)) {
            for (int at = 0; at < content.length; at += STEP) {
                progress.run();
                packing.write(content, at, Math.min(STEP, content.length - at));
            }
        }
        return stored.toByteArray();
    }
}

package dev.trapline.journal.bundle;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.OutputStream;

/// Writes the parts of a file, one after the other.
final class PartWriter {

    /// What Zstandard itself takes by default: a recording of a loop shrinks to a few per cent of its size, at
    /// hundreds of megabytes a second.
    private static final int LEVEL = 3;

    private final OutputStream out;
    private byte[] hash;
    private int next;

    PartWriter(OutputStream out) throws IOException {
        this.out = out;
        byte[] prologue = Part.prologue();
        out.write(prologue);
        this.hash = Part.hash(prologue);
    }

    void write(Part.Kind kind, byte[] content) throws IOException {
        byte[] stored = Zstd.compress(content, LEVEL);
        byte[] head = Part.head(kind, next++, content.length, stored.length);
        hash = Part.hash(hash, head, stored);
        out.write(head);
        out.write(stored);
        out.write(hash);
    }
}

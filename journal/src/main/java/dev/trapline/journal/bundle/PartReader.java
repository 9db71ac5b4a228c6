package dev.trapline.journal.bundle;

import com.github.luben.zstd.ZstdInputStream;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/// Reads the parts of a file, and gives out none whose hash it has not checked.
final class PartReader implements AutoCloseable {

    /// The largest array there is.
    private static final long MOST = Integer.MAX_VALUE - 8L;

    private final Path file;
    private final long size;
    private final InputStream in;
    private byte[] hash;
    private long at;
    private int next;
    private Part.Kind last = Part.Kind.MANIFEST;
    private String part = "its beginning";

    /// @throws RecordingException if it is no exported recording, or one of another version
    PartReader(Path file) {
        this.file = file;
        try {
            this.size = Files.size(file);
            this.in = new BufferedInputStream(Files.newInputStream(file));
        } catch (IOException e) {
            throw new RecordingException(Kind.NOT_A_RECORDING, "cannot read the file " + file, e);
        }
        try {
            this.hash = Part.hash(prologue());
        } catch (RecordingException e) {
            close();
            throw e;
        }
    }

    private byte[] prologue() {
        if (size < Part.PROLOGUE_BYTES) {
            throw notOne();
        }
        byte[] prologue = read(Part.PROLOGUE_BYTES);
        if (!Part.isMagic(prologue)) {
            throw notOne();
        }
        int version = Part.version(prologue);
        if (version != Part.VERSION) {
            throw new RecordingException(
                    Kind.NOT_SUPPORTED,
                    "the file " + file + " is an exported recording of version " + Integer.toUnsignedString(version)
                            + ", and this Trapline reads version " + Part.VERSION
                            + ": use a Trapline that reads that version");
        }
        return prologue;
    }

    private RecordingException notOne() {
        return new RecordingException(
                Kind.NOT_A_RECORDING,
                "the file " + file + " is no exported recording: it was not written by 'trapline journal export'");
    }

    /// A part whose hash was right.
    static final class Content {

        private final Part.Kind kind;
        private final byte[] bytes;

        private Content(Part.Kind kind, byte[] bytes) {
            this.kind = kind;
            this.bytes = bytes;
        }

        Part.Kind kind() {
            return kind;
        }

        /// Not to be changed.
        byte[] bytes() {
            return bytes;
        }
    }

    /// The next part.
    ///
    /// @throws RecordingException if it is not what was written
    Content next() {
        part = "part " + next;
        byte[] head = read(Part.HEAD_BYTES);
        ByteBuffer fields = Part.little(head);
        Part.Kind kind = Part.Kind.of(fields.get());
        int ordinal = fields.getInt();
        long contentBytes = fields.getLong();
        long storedBytes = fields.getLong();
        if (storedBytes < 0 || storedBytes > MOST || storedBytes > size - at) {
            throw damaged("it says that it goes beyond the file's end");
        }
        byte[] stored = read((int) storedBytes);
        byte[] expected = Part.hash(hash, head, stored);
        if (!MessageDigest.isEqual(expected, read(Part.HASH_BYTES))) {
            throw damaged("its hash is wrong");
        }
        part = "part " + next + " (" + kind.words() + ")";
        if (ordinal != next || kind.code() < last.code() || contentBytes < 0 || contentBytes > MOST) {
            throw damaged("it does not belong there");
        }
        hash = expected;
        next++;
        last = kind;
        return new Content(kind, decompressed(stored, (int) contentBytes));
    }

    private byte[] decompressed(byte[] stored, int length) {
        // Read as it comes, so that a length which was made up allocates nothing.
        try (InputStream plain = new ZstdInputStream(new ByteArrayInputStream(stored))) {
            byte[] content = plain.readNBytes(length);
            if (content.length != length || plain.read() >= 0) {
                throw damaged("it should have " + length + " bytes and has others");
            }
            return content;
        } catch (IOException e) {
            throw damaged("it cannot be decompressed: " + e.getMessage());
        }
    }

    /// Makes sure that nothing stands behind the part read last.
    void requireEnd() {
        if (at != size) {
            throw damaged("there is more behind its end");
        }
    }

    private byte[] read(int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            at += bytes.length;
            if (bytes.length < length) {
                throw damaged("it is cut off");
            }
            return bytes;
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, "cannot read the file " + file + ": " + e.getMessage(), e);
        }
    }

    /// What is wrong, with the place: the part read last, and where reading stands.
    RecordingException damaged(String what) {
        return new RecordingException(
                Kind.DAMAGED,
                "the file " + file + " is damaged in " + part + ", before byte " + at + " of " + size + ": " + what
                        + "; copy or export it again");
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, "cannot close the file " + file, e);
        }
    }
}

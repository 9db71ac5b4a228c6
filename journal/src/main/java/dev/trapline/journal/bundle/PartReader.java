package dev.trapline.journal.bundle;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/// Reads the parts of a file. The content of a part is returned only after its hash was checked. A part is not held in
/// memory, neither packed nor unpacked: it is read twice, once for the hash and once for the content.
final class PartReader implements AutoCloseable {

    private static final int STEP = 1 << 16;

    private final Path file;
    private final ImportLimits limits;
    private final FileChannel channel;
    private final long size;
    private byte[] hash;
    private long at;
    private long taken;
    private int next;
    private Part.Kind last = Part.Kind.MANIFEST;
    private String part = "its beginning";

    /// @throws RecordingException if it is not an exported recording, or has another version
    PartReader(Path file, ImportLimits limits) {
        this.file = file;
        this.limits = limits;
        try {
            this.channel = BoundedFile.open(file, Links.FOLLOWED);
            this.size = channel.size();
        } catch (IOException e) {
            throw new RecordingException(Kind.NOT_A_RECORDING, "the file " + file + " " + BoundedFile.reason(e), e);
        }
        try {
            this.hash = Part.hash(prologue());
        } catch (RecordingException e) {
            close();
            throw e;
        }
    }

    /// Reports how much of the file has been read.
    void tell() {
        limits.progress().at(ImportProgress.Step.READING, at, size);
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
                "the file " + file + " is not an exported recording: 'trapline journal export' did not write it");
    }

    /// A part whose hash was correct. Its content is unpacked on request.
    ///
    /// @param stored where the packed content begins in the file
    /// @param storedBytes how long it is
    /// @param bytes how long the content is
    record Content(Part.Kind kind, String name, long stored, long storedBytes, long bytes) {}

    /// The next part.
    ///
    /// @throws RecordingException if it was changed
    Content next() {
        part = "part " + next;
        byte[] head = read(Part.HEAD_BYTES);
        ByteBuffer fields = Part.little(head);
        int code = Byte.toUnsignedInt(fields.get());
        int ordinal = fields.getInt();
        long contentBytes = fields.getLong();
        long storedBytes = fields.getLong();
        if (storedBytes < 0 || storedBytes > size - at - Part.HASH_BYTES) {
            throw damaged("it claims to extend beyond the end of the file");
        }
        long stored = at;
        byte[] expected = hashOf(head, storedBytes);
        if (!MessageDigest.isEqual(expected, read(Part.HASH_BYTES))) {
            throw damaged("its hash is wrong");
        }
        Part.Kind kind = Part.Kind.of(code);
        if (kind == null) {
            throw damaged("there is no part of kind " + code);
        }
        part = "part " + next + " (" + kind.words() + ")";
        if (ordinal != next || kind.code() < last.code() || contentBytes < 0) {
            throw damaged("it does not belong at this position");
        }
        if (contentBytes > kind.most()) {
            throw damaged("it says that it has " + contentBytes + " bytes, and " + kind.words() + " has at most "
                    + kind.most());
        }
        if (storedBytes > Zstd.compressBound(contentBytes)) {
            throw damaged("it uses " + storedBytes + " bytes to store " + contentBytes);
        }
        take(contentBytes);
        hash = expected;
        next++;
        last = kind;
        return new Content(kind, part, stored, storedBytes, contentBytes);
    }

    /// The size of the earlier parts is below the limit, so nothing overflows.
    private void take(long contentBytes) {
        if (contentBytes > limits.bytes() - taken) {
            throw new RecordingException(
                    Kind.STORAGE,
                    "the file " + file + " unpacks to more than " + limits.bytes()
                            + " bytes, the limit of this import");
        }
        taken += contentBytes;
    }

    /// The hash of a part, of which the head was read; reads what it stores.
    private byte[] hashOf(byte[] head, long storedBytes) {
        MessageDigest digest = Part.sha256();
        digest.update(hash);
        digest.update(head);
        byte[] step = new byte[STEP];
        long end = at + storedBytes;
        while (at < end) {
            int length = (int) Math.min(step.length, end - at);
            readInto(step, length);
            digest.update(step, 0, length);
        }
        return digest.digest();
    }

    /// The content of a part in memory.
    ///
    /// @throws RecordingException if it is not as long as the part says
    byte[] bytes(Content content) {
        ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(content.bytes()));
        unpack(content, whole::put);
        return whole.array();
    }

    /// Writes the content of a part to a stream.
    ///
    /// @throws RecordingException if it is not as long as the part says
    /// @throws IOException if the stream cannot be written
    void copy(Content content, OutputStream out) throws IOException {
        try {
            unpack(content, (step, from, length) -> {
                try {
                    out.write(step, from, length);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// Receives the unpacked content piece by piece.
    private interface Sink {
        void take(byte[] step, int from, int length);
    }

    private void unpack(Content content, Sink sink) {
        part = content.name();
        try (InputStream plain = new ZstdInputStream(new BufferedInputStream(stored(content), STEP))) {
            byte[] step = new byte[STEP];
            long left = content.bytes();
            while (left > 0) {
                int length = plain.read(step, 0, (int) Math.min(step.length, left));
                if (length < 0) {
                    throw damaged("it should have " + content.bytes() + " bytes and has fewer");
                }
                left -= length;
                tell();
                sink.take(step, 0, length);
            }
            if (plain.read() >= 0) {
                throw damaged("it should have " + content.bytes() + " bytes and has more");
            }
        } catch (IOException e) {
            throw damaged("it cannot be decompressed: " + e.getMessage());
        }
    }

    /// The stored bytes of a part, and nothing after them.
    private InputStream stored(Content content) throws IOException {
        channel.position(content.stored());
        InputStream all = Channels.newInputStream(channel);
        return new FilterInputStream(all) {
            private long left = content.storedBytes();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
                int read = left == 0 ? -1 : in.read(into, from, (int) Math.min(left, length));
                left -= Math.max(read, 0);
                return read;
            }

            @Override
            public void close() {
                // The file continues after this part.
            }
        };
    }

    /// Checks that the file ends after the last part.
    void requireEnd() {
        if (at != size) {
            throw damaged("there is data after its end");
        }
    }

    private byte[] read(int length) {
        byte[] bytes = new byte[length];
        readInto(bytes, length);
        return bytes;
    }

    private void readInto(byte[] bytes, int length) {
        ByteBuffer into = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (into.hasRemaining()) {
                int read = channel.read(into, at);
                if (read < 0) {
                    throw damaged("it is cut off");
                }
                at += read;
                tell();
            }
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, "cannot read the file " + file + ": " + e.getMessage(), e);
        }
    }

    /// The error, with its position: the last part, and the current offset.
    RecordingException damaged(String what) {
        return new RecordingException(
                Kind.DAMAGED,
                "the file " + file + " is damaged in " + part + ", before byte " + at + " of " + size + ": " + what
                        + "; copy or export it again");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, "cannot close the file " + file, e);
        }
    }
}

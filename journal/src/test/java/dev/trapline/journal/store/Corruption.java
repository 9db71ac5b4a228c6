package dev.trapline.journal.store;

import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.codec.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/// Ways in which a recording can be changed.
final class Corruption {

    /// The kinds of changes.
    enum Change {
        BITS(false),
        NOISE(false),
        BLOCKS_SWAPPED(false),
        BLOCK_DOUBLED(false),
        CUT_OFF(false),
        MANIFEST_BITS(false),
        MANIFEST_NEWER(true),
        IMAGE_BITS(true),
        HEADER_FOREIGN(true),
        SEGMENT_MISSING(true),
        SEGMENT_DOUBLED(true),
        SEGMENTS_SWAPPED(true),
        SEGMENT_FOREIGN(true),
        SEGMENT_NEWER(true);

        private final boolean ofContent;

        Change(boolean ofContent) {
            this.ofContent = ofContent;
        }

        /// Whether it always changes the content of the recording. Other changes may hit a byte without
        /// meaning: free space of the store, or a second copy.
        boolean isOfContent() {
            return ofContent;
        }
    }

    private static final int BLOCK = 4096;

    private Corruption() {}

    /// Changes bytes of a file.
    static void ofBytes(Path file, Change change, Random dice) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        switch (change) {
            case BITS -> {
                // One bit in each of up to three different bytes, so that no flip reverts another.
                int from = dice.nextInt(bytes.length);
                for (int left = 1 + dice.nextInt(3); left > 0 && from < bytes.length; left--) {
                    bytes[from] ^= (byte) (1 << dice.nextInt(8));
                    from += 1 + dice.nextInt(bytes.length);
                }
            }
            case NOISE -> {
                int from = dice.nextInt(bytes.length);
                byte[] noise = new byte[1 + dice.nextInt(Math.min(600, bytes.length - from))];
                dice.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, from, noise.length);
            }
            case BLOCKS_SWAPPED -> {
                int one = block(bytes, dice);
                int other = block(bytes, dice);
                byte[] kept = Arrays.copyOfRange(bytes, one, one + BLOCK);
                System.arraycopy(bytes, other, bytes, one, BLOCK);
                System.arraycopy(kept, 0, bytes, other, BLOCK);
            }
            case BLOCK_DOUBLED -> System.arraycopy(bytes, block(bytes, dice), bytes, block(bytes, dice), BLOCK);
            case CUT_OFF -> bytes = Arrays.copyOf(bytes, dice.nextInt(bytes.length));
            default -> throw new IllegalArgumentException("no change of bytes: " + change);
        }
        Files.write(file, bytes);
    }

    private static int block(byte[] bytes, Random dice) {
        return dice.nextInt(bytes.length / BLOCK) * BLOCK;
    }

    /// The events of a recording's segments in a wrong arrangement.
    static List<EventRow> arranged(List<Segment> segments, List<Segment> foreign, Change change, Random dice) {
        List<Segment> bad = new ArrayList<>(segments);
        int at = dice.nextInt(bad.size());
        switch (change) {
            case SEGMENT_MISSING -> bad.remove(at);
            case SEGMENT_DOUBLED -> bad.add(at, bad.get(dice.nextInt(bad.size())));
            case SEGMENTS_SWAPPED -> Collections.swap(bad, at, (at + 1 + dice.nextInt(bad.size() - 1)) % bad.size());
            case SEGMENT_FOREIGN -> bad.set(at, foreign.get(at));
            case SEGMENT_NEWER -> {}
            default -> throw new IllegalArgumentException("no change of segments: " + change);
        }
        List<EventRow> rows = new ArrayList<>(ForgedRecording.rows(bad, 2));
        if (change == Change.SEGMENT_NEWER) {
            rows.set(at, newer(rows.get(at)));
        }
        return rows;
    }

    /// The same segment in a later version of the format, with a correct checksum.
    private static EventRow newer(EventRow row) {
        byte[] bytes = row.payload().clone();
        bytes[4]++;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 44);
        crc.update(bytes, Segment.HEADER_BYTES, bytes.length - Segment.HEADER_BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(44, (int) crc.getValue());
        return new EventRow(row.sequenceNr(), row.serializerId(), row.manifest(), row.writer(), 0, bytes);
    }
}

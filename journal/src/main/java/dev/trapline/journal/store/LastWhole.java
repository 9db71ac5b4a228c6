package dev.trapline.journal.store;

import dev.trapline.journal.RecordingDamagedException;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the last whole segment of a recording that its recorder did not close.
///
/// The store writes by appending *chunks*, each with the pages that lead to everything before it. A power cut may leave
/// any of those that were not forced to the disk torn or missing, in any order, so the newest chunk may lead nowhere.
/// Then the file is looked at as if it ended before that chunk, and so on, until nothing older can have more.
///
/// Only what comes behind the file's own note of how far it had been forced to the disk is looked at: in front of that,
/// a segment that is not whole is damage, and is reported as such when it is read.
///
/// @param log the events, as far as they can be read
/// @param segments how many are whole, from the first on
/// @param cut why those that follow are not there, in words; null if nothing was seen of any
record LastWhole(MvEventLog log, long segments, @Nullable String cut) {

    private static final long BLOCK = 4096;
    private static final byte[] CHUNK = "chunk:".getBytes(StandardCharsets.US_ASCII);

    /// @throws RecordingException if not even the header can be found
    static LastWhole find(Path file) {
        LastWhole best = null;
        RecordingException first = null;
        long limit = Long.MAX_VALUE;
        while (limit > 0) {
            try {
                MvEventLog log = new MvEventLog(file, limit);
                LastWhole found = count(file, log);
                long seen = events(log) - 1;
                if (best == null || found.segments() > best.segments()) {
                    if (best != null) {
                        best.log().close();
                    }
                    best = found;
                } else {
                    log.close();
                }
                if (seen <= best.segments()) {
                    break;
                }
                first = first == null ? new RecordingException(Kind.DAMAGED, String.valueOf(found.cut())) : first;
            } catch (RecordingException e) {
                first = first == null ? e : first;
            }
            limit = chunkBefore(file, limit);
        }
        if (best == null) {
            throw first == null ? new RecordingException(Kind.DAMAGED, "there is nothing in " + file) : first;
        }
        return new LastWhole(best.log(), best.segments(), first == null ? null : first.getMessage());
    }

    /// @throws RecordingException if there is no header
    private static LastWhole count(Path file, MvEventLog log) {
        try {
            EventRow header = log.row(1);
            if (header == null) {
                throw new CodecException("it has no header: its recorder ended before it had written anything");
            }
            HeaderCodec.decode(header.payload());
            long highest = log.highestSequenceNr();
            long whole = Math.max(1, Math.min(log.durableSequenceNr(), highest));
            SegmentChain chain = whole == 1
                    ? SegmentChain.beginning(Segment.digestOf(header.payload()))
                    : SegmentChain.behind(segment(log, whole));
            try {
                while (whole < highest) {
                    Segment next = segment(log, whole + 1);
                    chain.check(next);
                    chain = SegmentChain.behind(next);
                    whole++;
                }
            } catch (CodecException | RecordingDamagedException e) {
                return new LastWhole(log, whole - 1, "segment " + (whole - 1) + ": " + e.getMessage());
            }
            return new LastWhole(log, whole - 1, null);
        } catch (CodecException e) {
            log.close();
            throw new RecordingException(
                    Kind.DAMAGED, "cannot make sense of the recording's file " + file + ": " + e.getMessage(), e);
        }
    }

    private static Segment segment(MvEventLog log, long event) {
        EventRow row = log.row(event);
        if (row == null) {
            throw new CodecException("it is missing");
        }
        return Segment.parse(row.payload());
    }

    private static long events(MvEventLog log) {
        try {
            return log.highestSequenceNr();
        } catch (CodecException e) {
            return 0;
        }
    }

    /// Where the last chunk begins that begins before a limit; 0 if there is none.
    private static long chunkBefore(Path file, long limit) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = Math.min(limit, channel.size());
            ByteBuffer start = ByteBuffer.allocate(CHUNK.length);
            for (long at = (end - 1) / BLOCK * BLOCK; at >= 2 * BLOCK; at -= BLOCK) {
                channel.read(start.clear(), at);
                if (Arrays.equals(start.array(), CHUNK)) {
                    return at;
                }
            }
            return 0;
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}

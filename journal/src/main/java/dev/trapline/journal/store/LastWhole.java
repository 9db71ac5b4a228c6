package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the last whole segment of a recording that its recorder did not close.
///
/// The store writes by appending *chunks*, each with the pages that lead to everything before it. A power cut may leave
/// any of those that were not forced to the disk torn or missing, in any order, so the newest chunk may lead nowhere.
/// Then the file is looked at as if it ended before that chunk, and so on, until nothing older can have more.
///
/// Every segment is looked at, also in front of the file's own note of how far it had been forced to the disk: a page
/// of the store holds several rows, and the newest chunk has written those of the last page again, beside the new one.
/// The older copy is the one that had been forced.
///
/// A segment before that point that no older chunk has whole is damaged, and is reported as such when it is read.
///
/// @param log the events, as far as they can be read
/// @param segments how many are whole, from the first on; or, if there is damage, how many there should be
/// @param cut why those that follow are not there, in words; null if nothing was seen of any
record LastWhole(MvEventLog log, long segments, @Nullable String cut) {

    private static final long BLOCK = 4096;
    private static final byte[] CHUNK = "chunk:".getBytes(StandardCharsets.US_ASCII);

    /// Each look at the file may read the beginning of each of its blocks. All looks together read so many at most.
    private static final long MOST_READ = 1 << 20;
    /// But so many looks are always allowed, however large the file is.
    private static final long FEWEST_LOOKS = 64;

    /// What the file is if it ends before some chunk.
    ///
    /// @param whole segments that are, from the first on; 0 if they are known not to be more than those of a newer
    ///     state
    /// @param next what the segment behind them must be
    /// @param seen segments that it has, whole or not
    /// @param forced segments that had been forced to the disk before its last chunk was written, by its own note
    /// @param reason why the one behind the whole ones is not whole; null if there is none
    private record State(
            MvEventLog log,
            long whole,
            SegmentChain next,
            long seen,
            long forced,
            @Nullable String reason) {

        /// Whether another one has the segment that this one lacks.
        boolean isContinuedBy(MvEventLog other) {
            try {
                next.check(segment(other, whole + 2));
                return true;
            } catch (CodecException | RecordingDamagedException e) {
                return false;
            }
        }
    }

    /// @throws RecordingException if not even the header can be found
    static LastWhole find(Path file) {
        State best = null;
        String first = null;
        long forced = 0;
        long looks = mostLooks(file);
        for (long limit = Long.MAX_VALUE; limit > 0 && looks > 0; limit = chunkBefore(file, limit)) {
            looks--;
            State state;
            try {
                state = look(file, limit, best);
            } catch (RecordingException e) {
                first = first == null ? e.getMessage() : first;
                continue;
            }
            forced = Math.max(forced, state.forced());
            first = first == null ? state.reason() : first;
            if (best == null || state.whole() > best.whole()) {
                if (best != null) {
                    best.log().close();
                }
                best = state;
            } else {
                state.log().close();
            }
            if (state.seen() <= best.whole()) {
                break;
            }
        }
        if (best == null) {
            throw new RecordingException(Kind.DAMAGED, first == null ? "there is nothing in " + file : first);
        }
        return new LastWhole(best.log(), Math.max(best.whole(), forced), first);
    }

    /// How often the file is looked at. A stranger's file may have the beginning of a chunk in each block: to look
    /// at each of them would take a time that grows with the square of its size.
    private static long mostLooks(Path file) {
        try {
            return Math.max(FEWEST_LOOKS, MOST_READ * BLOCK / Math.max(BLOCK, Files.size(file)));
        } catch (IOException e) {
            throw cannotRead(file, e);
        }
    }

    private static RecordingException cannotRead(Path file, IOException e) {
        return new RecordingException(Kind.STORAGE, "cannot read " + file + ": " + e.getMessage(), e);
    }

    /// @throws RecordingException if there is no header
    private static State look(Path file, long limit, @Nullable State best) {
        MvEventLog log = new MvEventLog(file, limit);
        try {
            EventRow header = log.row(1);
            if (header == null) {
                throw new CodecException("it has no header: its recorder ended before it had written anything");
            }
            HeaderCodec.decode(header.payload());
            long seen = log.highestSequenceNr() - 1;
            long forced = Math.clamp(log.durableSequenceNr() - 1, 0, seen);
            SegmentChain chain = SegmentChain.beginning(Segment.digestOf(header.payload()));
            if (best != null && !best.isContinuedBy(log)) {
                return new State(log, 0, chain, seen, forced, null);
            }
            long whole = 0;
            try {
                while (whole < seen) {
                    Segment next = segment(log, whole + 2);
                    chain.check(next);
                    chain = SegmentChain.behind(next);
                    whole++;
                }
            } catch (CodecException | RecordingDamagedException e) {
                return new State(log, whole, chain, seen, forced, "segment " + whole + ": " + e.getMessage());
            }
            return new State(log, whole, chain, seen, forced, null);
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

    /// Where the last chunk begins that begins before a limit; 0 if there is none.
    private static long chunkBefore(Path file, long limit) {
        try (FileChannel channel = BoundedFile.open(file, Links.REFUSED)) {
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
            throw cannotRead(file, e);
        }
    }
}

package dev.trapline.timeline.search;

import dev.trapline.board.boot.BootPlan;
import dev.trapline.journal.RecordingReader;
import dev.trapline.timeline.MemoryRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last write of some neighbouring bytes.
///
/// @param offset the offset of the first byte in the requested range
/// @param length the number of bytes
/// @param change null if nothing changed them since power-on
/// @param writer the writer; null if a store of the guest changed them
public record LastWrite(
        int offset,
        int length,
        MemorySearch.@Nullable Change change,
        @Nullable MemoryWriter writer) {

    /// The results of a search: the last change first, then the bytes that are unchanged since power-on.
    public static List<LastWrite> of(RecordingReader recording, MemoryRange range, MemorySearch search, BootPlan boot) {
        List<LastWrite> all = new ArrayList<>();
        for (MemorySearch.Change change : search.changes()) {
            int length = change.now().size();
            MemoryWriter writer = change.store() != null
                    ? null
                    : MemoryWriter.behind(
                            recording,
                            change.position().slice(),
                            new MemoryRange(range.address() + change.offset(), length));
            all.add(new LastWrite(change.offset(), length, change, writer));
        }
        MemoryWriter.AtPowerOn atPowerOn = new MemoryWriter.AtPowerOn(recording, boot);
        BitSet unchanged = search.unchanged();
        for (int from = unchanged.nextSetBit(0); from >= 0; ) {
            int to = Math.min(unchanged.nextClearBit(from), range.length());
            addAtPowerOn(all, atPowerOn, range.address(), from, to);
            from = unchanged.nextSetBit(to);
        }
        return all;
    }

    /// Neighbours may come from different images.
    private static void addAtPowerOn(
            List<LastWrite> all, MemoryWriter.AtPowerOn atPowerOn, long address, int from, int to) {
        int begin = from;
        MemoryWriter writer = atPowerOn.of(address + from);
        for (int at = from + 1; at < to; at++) {
            MemoryWriter next = atPowerOn.of(address + at);
            if (!next.equals(writer)) {
                all.add(new LastWrite(begin, at - begin, null, writer));
                begin = at;
                writer = next;
            }
        }
        all.add(new LastWrite(begin, to - begin, null, writer));
    }
}

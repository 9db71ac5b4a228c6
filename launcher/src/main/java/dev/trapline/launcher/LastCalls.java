package dev.trapline.launcher;

import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.store.SegmentCursor;
import dev.trapline.machine.text.HypercallText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last hypercalls of a recording, as a run's report has them: for a replay that did not make all of them itself.
final class LastCalls {

    /// As many as a run's report shows.
    private static final int SHOWN = 8;

    private LastCalls() {}

    /// Reads a recording from its end. Oldest first.
    ///
    /// @param calls how many hypercalls it has: the last one has this number
    static List<String> of(RecordingReader reader, Services services, long calls) {
        List<String> recorded =
                reader.header().services().stream().map(ServiceRef::name).toList();
        List<ServiceDescriptor> descriptors = services.descriptors().stream()
                .filter(descriptor -> recorded.contains(descriptor.name()))
                .toList();
        HypercallText text = new HypercallText(descriptors);
        List<String> lines = new ArrayList<>();
        for (long n = reader.segmentCount() - 1; n >= 0 && lines.size() < SHOWN; n--) {
            lines.addAll(0, calls(reader.segment(n), text));
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN), lines.size());
        List<String> numbered = new ArrayList<>();
        for (int at = 0; at < last.size(); at++) {
            numbered.add("hypercall#" + (calls - last.size() + at + 1) + " " + last.get(at));
        }
        return numbered;
    }

    // A call and its answer stand in one segment.
    private static List<String> calls(Segment segment, HypercallText text) {
        List<String> lines = new ArrayList<>();
        JournalRecord.@Nullable Slice caller = null;
        for (SegmentCursor cursor = new SegmentCursor(segment); cursor.hasNext(); ) {
            JournalRecord record = cursor.next().record();
            if (record instanceof JournalRecord.Slice slice) {
                caller = slice;
            } else if (record instanceof JournalRecord.Answer answer
                    && caller != null
                    && caller.exit() instanceof HypercallExit exit) {
                lines.add(text.line(caller.vcpu(), exit, answer));
            }
        }
        return lines;
    }
}

package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.journal.RecordingReader;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.text.HypercallText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The last hypercalls of a recording, in the form of a run's report, for a replay that did not execute all of them
/// itself.
public final class LastCalls {

    private LastCalls() {}

    /// Reads a recording from its end. Oldest first.
    ///
    /// @param services the services, of which the recording's are used
    /// @param calls how many hypercalls it has: the last one has this number
    public static List<String> of(RecordingReader reader, List<ServiceDescriptor> services, long calls) {
        List<String> recorded =
                reader.header().services().stream().map(ServiceRef::name).toList();
        HypercallText text = new HypercallText(services.stream()
                .filter(service -> recorded.contains(service.name()))
                .toList());
        Deque<HistoryWalk.Call> last = new ArrayDeque<>();
        for (long n = reader.segmentCount() - 1; n >= 0 && last.size() < RunReport.CALLS_SHOWN; n--) {
            last = from(reader, Position.ofSlice(reader.segment(n).firstSlice()));
        }
        List<String> lines = new ArrayList<>();
        for (HistoryWalk.Call call : last) {
            lines.add("hypercall#" + (calls - last.size() + lines.size() + 1) + " "
                    + text.line(call.vcpu(), call.exit(), call.answer()));
        }
        return lines;
    }

    private static Deque<HistoryWalk.Call> from(RecordingReader reader, Position position) {
        Deque<HistoryWalk.Call> last = new ArrayDeque<>();
        for (HistoryWalk walk = HistoryWalk.within(reader, position, null); walk.hasNext(); ) {
            if (walk.next() instanceof HistoryWalk.Call call) {
                if (last.size() == RunReport.CALLS_SHOWN) {
                    last.removeFirst();
                }
                last.addLast(call);
            }
        }
        return last;
    }
}

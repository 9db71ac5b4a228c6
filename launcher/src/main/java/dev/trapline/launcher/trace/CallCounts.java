package dev.trapline.launcher.trace;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Counts hypercalls by function and result, with their latencies.
///
/// The latency of a call is the virtual time from the call to the beginning of its caller's next slice. It includes the
/// cost of the call, the time for which the call made its caller wait, and the time in which the schedule passed the
/// caller over. Other vCPUs' turns are not part of it. A call that turns its caller off, or whose caller does not run
/// again, has no latency.
final class CallCounts {

    /// The largest number of unnamed results that are counted separately for a function. A function that returns a
    /// counter would have as many results as calls.
    private static final int DISTINCT = 16;

    static final String OTHERS = "other values";

    private final HypercallText text;
    private final TraceFilter filter;
    private final Map<Function, Map<String, Tally>> functions = new LinkedHashMap<>();
    private final Map<VcpuId, Waiting> waiting = new LinkedHashMap<>();
    private long calls;

    CallCounts(HypercallText text, TraceFilter filter) {
        this.text = text;
        this.filter = filter;
    }

    /// The calls that are counted together.
    private record Function(
            int immediate, String id, @Nullable String name) {
        String text() {
            return (immediate == 0 ? "" : "#0x" + Integer.toHexString(immediate) + " ") + (name == null ? id : name);
        }
    }

    private record Waiting(Tally tally, long since) {}

    /// The number of calls, and their latencies.
    private static final class Tally {
        private long calls;
        private long returned;
        /// The number of calls with each latency.
        private final SortedMap<Long, Long> latencies = new TreeMap<>();

        void returned(long ticks) {
            returned++;
            latencies.merge(ticks, 1L, Long::sum);
        }

        /// The median; of an even number of latencies, the lower of the two in the middle.
        long median() {
            long before = 0;
            for (Map.Entry<Long, Long> latency : latencies.entrySet()) {
                before += latency.getValue();
                if (before * 2 >= returned) {
                    return latency.getKey();
                }
            }
            return 0;
        }
    }

    private record Row(Function function, String result, Tally tally) {}

    void take(HistoryWalk.Event event) {
        switch (event) {
            case HistoryWalk.Ran slice -> ran(slice);
            case HistoryWalk.Call call -> call(call);
            case HistoryWalk.Happening _ -> {}
        }
    }

    private void ran(HistoryWalk.Ran slice) {
        Waiting caller = waiting.remove(slice.slice().vcpu());
        if (caller != null) {
            caller.tally.returned(slice.time() - caller.since);
        }
    }

    private void call(HistoryWalk.Call call) {
        if (call.answer().effects().stream().anyMatch(effect -> effect instanceof Effect.SystemReset)) {
            waiting.clear();
        }
        calls++;
        if (!filter.shows(call.vcpu(), call.exit(), text.name(call.exit()))) {
            return;
        }
        Tally tally = tally(call.exit(), text.result(call.exit(), call.answer().registers()));
        tally.calls++;
        if (call.answer().effects().stream().noneMatch(effect -> endsCaller(effect, call.vcpu()))) {
            waiting.put(call.vcpu(), new Waiting(tally, call.made()));
        }
    }

    private static boolean endsCaller(Effect effect, VcpuId caller) {
        return switch (effect) {
            case Effect.PowerOff(VcpuId target) -> target.equals(caller);
            case Effect.SystemOff _, Effect.SystemReset _, Effect.ExitRun _ -> true;
            case Effect.PowerOn _,
                    Effect.Standby _,
                    Effect.PowerDown _,
                    Effect.StayAwake _,
                    Effect.Wake _,
                    Effect.WriteMemory _,
                    Effect.DeliverEvent _,
                    Effect.CompleteEvent _,
                    Effect.CompleteEventAndResume _,
                    Effect.DrawEntropy _,
                    Effect.ShareStolenTime _,
                    Effect.RouteInterrupt _ -> false;
        };
    }

    private Tally tally(HypercallExit exit, String result) {
        Function function =
                new Function(exit.immediate(), new SmcccCall(exit).functionId().toString(), text.function(exit));
        Map<String, Tally> results = functions.computeIfAbsent(function, _ -> new LinkedHashMap<>());
        boolean full = results.size() >= DISTINCT && !results.containsKey(result) && result.contains("0x");
        return results.computeIfAbsent(full ? OTHERS : result, _ -> new Tally());
    }

    /// The number of all calls, counted or not.
    long calls() {
        return calls;
    }

    boolean isEmpty() {
        return functions.isEmpty();
    }

    /// Most calls first.
    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        functions.forEach(
                (function, results) -> results.forEach((result, tally) -> rows.add(new Row(function, result, tally))));
        rows.sort(Comparator.comparingLong((Row row) -> -row.tally.calls)
                .thenComparing(row -> row.function.text())
                .thenComparing(Row::result));
        return rows;
    }

    /// As a table of text.
    String text() {
        List<Row> rows = rows();
        int names = width(rows.stream().map(row -> row.function.text()).toList(), "function");
        int results = width(rows.stream().map(Row::result).toList(), "result");
        String line = "%10s  %-" + names + "s  %-" + results + "s  %10s  %12s  %12s  %12s%n";
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT, line, "calls", "function", "result", "returned", "min ticks", "median", "max"));
        for (Row row : rows) {
            Tally tally = row.tally;
            boolean none = tally.returned == 0;
            table.append(String.format(
                    Locale.ROOT,
                    line,
                    tally.calls,
                    row.function.text(),
                    row.result,
                    tally.returned,
                    none ? "-" : tally.latencies.firstKey(),
                    none ? "-" : tally.median(),
                    none ? "-" : tally.latencies.lastKey()));
        }
        return table.toString();
    }

    private static int width(List<String> column, String heading) {
        return column.stream().mapToInt(String::length).reduce(heading.length(), Math::max);
    }

    /// As one JSON document.
    String json() {
        List<Object> counts = new ArrayList<>();
        for (Row row : rows()) {
            Tally tally = row.tally;
            JsonObject count = new JsonObject()
                    .with("immediate", row.function.immediate)
                    .with("functionId", row.function.id)
                    .withAny("function", row.function.name)
                    .with("result", row.result)
                    .with("calls", tally.calls)
                    .with("returned", tally.returned);
            if (tally.returned > 0) {
                count.with(
                        "latencyTicks",
                        new JsonObject()
                                .with("min", tally.latencies.firstKey())
                                .with("median", tally.median())
                                .with("max", tally.latencies.lastKey()));
            }
            counts.add(count);
        }
        return JsonObject.document("hypercall-counts").with("counts", counts).line();
    }
}

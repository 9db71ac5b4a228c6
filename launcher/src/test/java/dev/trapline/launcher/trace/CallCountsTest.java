package dev.trapline.launcher.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.policy.Decision;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Counts and latencies of invented calls.
class CallCountsTest {

    private final CallCounts counts = new CallCounts(new HypercallText(List.of()), new TraceFilter(Set.of(), Set.of()));

    private static HypercallExit exit(long function) {
        long[] values = new long[GeneralRegisters.COUNT];
        values[0] = function;
        return new HypercallExit(Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(values));
    }

    private void call(int vcpu, long made, RegisterWrites result, Effect... effects) {
        Answer answer = new Answer(new Decision.Forwarded("mine"), result, List.of(effects));
        counts.take(new HistoryWalk.Call(1, 0, 0, made, new VcpuId(vcpu), exit(0xc600_0001L), answer, null));
    }

    private void runs(int vcpu, long time) {
        counts.take(new HistoryWalk.Ran(0, time, 1, new Slice(new VcpuId(vcpu), time, 1, 1, exit(0), 0), 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void resultsThatAreAlwaysOthersAreSummedUp(int registers) {
        for (int n = 0; n < 1_000; n++) {
            long[] values = new long[registers];
            values[0] = n;
            call(0, 0, RegisterWrites.fromX0(values));
        }
        assertThat(counts.text().lines())
                .as("a heading, sixteen values, and the rest of them")
                .hasSize(1 + 16 + 1)
                .anyMatch(line -> line.matches(" *984 .* other values .*"));
    }

    @Test
    void aResultWithANameIsAlwaysCountedApart() {
        for (int n = 0; n < 100; n++) {
            call(0, 0, RegisterWrites.x0(n));
        }
        call(0, 0, RegisterWrites.x0(-1));
        assertThat(counts.text()).containsPattern("(?m)^ +1 .* NOT_SUPPORTED ");
    }

    @ParameterizedTest
    @CsvSource({"'5', 5, 5, 5", "'1 2 9', 1, 2, 9", "'1 2 3 9', 1, 2, 9", "'7 7 7 0', 0, 7, 7"})
    void theMedianIsTheLowerOfTheTwoInTheMiddle(String latencies, long min, long median, long max) {
        long time = 0;
        for (String latency : latencies.split(" ", -1)) {
            call(0, time, RegisterWrites.x0(0));
            time += Long.parseLong(latency);
            runs(0, time);
        }
        assertThat(counts.json())
                .contains("\"latencyTicks\":{\"min\":" + min + ",\"median\":" + median + ",\"max\":" + max + "}");
    }

    @Test
    void onlyTheCallersNextSliceEndsItsWait() {
        call(0, 100, RegisterWrites.x0(0));
        runs(1, 150);
        runs(0, 300);
        runs(0, 900);
        assertThat(counts.json()).contains("\"returned\":1,\"latencyTicks\":{\"min\":200,\"median\":200,\"max\":200}");
    }

    @Test
    void aCallThatSwitchesItsCallerOffHasNoLatency() {
        call(0, 100, RegisterWrites.NONE, new Effect.PowerOff(new VcpuId(0)));
        runs(0, 900);
        call(1, 100, RegisterWrites.NONE, new Effect.PowerOff(new VcpuId(0)));
        runs(1, 150);
        assertThat(counts.json())
                .as("switching another one off is an ordinary call")
                .contains("\"calls\":2,\"returned\":1,\"latencyTicks\":{\"min\":50,");
    }
}

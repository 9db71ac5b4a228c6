package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.machine.text.HypercallText;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The last events of a run: at most 32, and among them the last calls, however many slices came between.
class RunLogTest {

    private static final VcpuId CPU1 = new VcpuId(1);
    private static final Answer ANSWER = new Answer(new Decision.Forwarded("toy"), RegisterWrites.x0(0), List.of());

    private final RunLog log = new RunLog(new HypercallText(List.of()), ServiceVersions.of(List.of(), List.of()));

    private static Slice slice(Exit exit) {
        return new Slice(CPU1, 0, 100, 7, exit, 1);
    }

    private static Slice call(int function) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = function;
        return slice(
                new HypercallExit(Conduit.SMC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers)));
    }

    private static String callText(int n) {
        return String.format(
                "hypercall#%d vcpu1 SMC 0xC60000%02X(x1=0x0, x2=0x0, x3=0x0) = 0x0 [toy, forwarded]", n, n);
    }

    private void addCalls(int from, int to) {
        IntStream.rangeClosed(from, to).forEach(n -> log.addCall(call(0xc600_0000 | n), ANSWER));
    }

    private void addRounds(int count) {
        IntStream.rangeClosed(1, count).forEach(n -> log.add(new JournalRecord.Round(n, n + 1)));
    }

    @Test
    void eachEventIsALineInItsOrder() {
        List<JournalRecord> events = List.of(
                slice(Exit.BudgetUsed.INSTANCE),
                slice(Exit.WaitForInterrupt.INSTANCE),
                slice(new Exit.Maintenance(0x3a8, 0x40)),
                slice(new GuestFault(GuestFault.Kind.UNDEFINED_INSTRUCTION, 0x4000, 0)),
                call(0xc600_0001),
                new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {0x78, 0x79})),
                new JournalRecord.Reconfigured(Policy.DEFAULT),
                new JournalRecord.Injected(new Injection.WakeUp(CPU1)),
                new JournalRecord.Reaction("toy", List.of(new Effect.PowerOff(CPU1))),
                new JournalRecord.Entropy("toy", Bytes.copyOf(new byte[8])),
                new JournalRecord.Round(1_000, 1_500),
                new JournalRecord.Turned(new Turn(CPU1, 40)),
                new JournalRecord.Turned(new Turn(CPU1, 0)),
                new JournalRecord.Renewed(5),
                new JournalRecord.Stop(JournalRecord.Stop.Reason.TIMEOUT),
                new JournalRecord.FullDigest(CPU1, 1),
                new JournalRecord.MemoryDigest(1),
                new JournalRecord.End(new RunOutcome.PoweredOff(), 0, 0, 0));
        events.forEach(log::add);
        assertThat(log.lastEvents())
                .containsExactly(
                        "vcpu1 ran 7 of 100 instructions: budget used",
                        "vcpu1 ran 7 of 100 instructions: WFI",
                        "vcpu1 ran 7 of 100 instructions: maintenance 0x3a8 of 0x40",
                        "vcpu1 ran 7 of 100 instructions: " + GuestFault.Kind.UNDEFINED_INSTRUCTION.description()
                                + " at 0x4000",
                        "vcpu1 ran 7 of 100 instructions: SMC 0xC6000001(x1=0x0, x2=0x0, x3=0x0)",
                        "console input: 7879",
                        "another policy",
                        "interrupt for vcpu1",
                        "vcpu1 off [toy, without a call]",
                        "8 bytes of entropy for 'toy'",
                        "a round from 1000 to 1500 ticks",
                        "vcpu1 gets a turn of 40 ticks",
                        "vcpu1 is passed over in this round",
                        "a fresh engine after 5 instructions",
                        "asked to stop: TIMEOUT",
                        "vcpu1 digest of all registers",
                        "digest of memory",
                        "end: PoweredOff[]");
    }

    @Test
    void ofManyEventsTheLastRemain() {
        addRounds(40);
        assertThat(log.lastEvents())
                .hasSize(32)
                .startsWith("a round from 9 to 10 ticks")
                .endsWith("a round from 40 to 41 ticks");
    }

    @Test
    void manyEventsBehindTheCallsDoNotPushOutTheLastCalls() {
        addCalls(1, 3);
        addRounds(40);
        assertThat(log.lastCalls()).containsExactly(callText(1), callText(2), callText(3));
        assertThat(log.lastEvents()).as("the last 32 of all").hasSize(32).startsWith("a round from 9 to 10 ticks");
    }

    @Test
    void callsStandAmongTheEventsWhereTheyWereAnswered() {
        log.add(new JournalRecord.Renewed(1));
        addCalls(1, 1);
        log.add(new JournalRecord.Renewed(2));
        addCalls(2, 2);
        assertThat(log.lastEvents())
                .containsExactly(
                        "a fresh engine after 1 instructions",
                        callText(1),
                        "a fresh engine after 2 instructions",
                        callText(2));
    }

    @Test
    void ofManyCallsTheLastRemainWithTheirNumbers() {
        addCalls(1, 50);
        assertThat(log.calls()).isEqualTo(50);
        assertThat(log.lastCalls())
                .as("eight")
                .containsExactlyElementsOf(IntStream.rangeClosed(43, 50)
                        .mapToObj(RunLogTest::callText)
                        .toList());
        assertThat(log.lastEvents())
                .as("32")
                .containsExactlyElementsOf(IntStream.rangeClosed(19, 50)
                        .mapToObj(RunLogTest::callText)
                        .toList());
    }

    @Test
    void aLogThatIsLoadedHasItsCountsAndNoEvents() {
        addRounds(2);
        addCalls(1, 5);
        StateWriter state = new StateWriter();
        log.save(state);
        addRounds(3);
        addCalls(6, 9);
        log.load(new StateReader(state.toBytes()));
        assertThat(log.calls()).isEqualTo(5);
        assertThat(log.lastEvents()).as("the events begin anew").isEmpty();
        assertThat(log.lastCalls()).isEmpty();
        addCalls(6, 6);
        assertThat(log.lastCalls()).as("the sixth call of the run").containsExactly(callText(6));
        assertThat(log.lastEvents()).containsExactly(callText(6));
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import dev.trapline.machine.choice.NotedChoices;
import dev.trapline.machine.network.NetworkSwitch;
import dev.trapline.testkit.NetworkDriver;
import dev.trapline.vcpu.MachineRuns.Finished;
import dev.trapline.vcpu.MachineRuns.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames that come back in a loop follow from the run. Frames from other machines are inputs, and are recorded.
@Tag("native")
class NetworkTest {

    /// Sends five frames with letters that depend on the interface's address, and prints the letter of each
    /// received frame before it sends the next. It waits for an interrupt, which is masked, between frames.
    private static final String EXCHANGE = InterruptedGuests.forwarding(78) + NetworkDriver.SETUP + """
                ldrb w11, [x3, #0x105]
                mov x12, #0
            next:
                add w0, w12, w11, lsl #3
                add w0, w0, #0x40
                strb w0, [x10, #26]
                add w12, w12, #1
                add x0, x8, #0x1000
                strh w12, [x0, #2]
                mov w0, #1
                str w0, [x3, #0x50]
            wait:
                add x0, x5, #0x2000
                ldrh w1, [x0, #2]
                cmp w1, w12
                b.hs got
                wfi
                ldr w0, [x3, #0x60]
                str w0, [x3, #0x64]
                b wait
            got:
                sub w1, w12, #1
                movz x7, #0x400d, lsl #16
                add x7, x7, x1, lsl #11
                ldrb w0, [x7, #26]
                str w0, [x9]
                cmp w12, #5
                b.ne next
            """
            + InterruptedGuests.OFF + "interrupt: b interrupt";

    private static final long MILLISECOND = 62_500;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    Path directory;

    private final Image guest = InterruptedGuests.guest(EXCHANGE);

    private static MachineSpec spec(NetworkKind kind, int mac) {
        return spec(Specs.withVcpus(1).limit(10_000_000).spec(), kind, mac);
    }

    private static MachineSpec spec(MachineSpec spec, NetworkKind kind, int mac) {
        NetworkSpec network = new NetworkSpec(kind, new MacAddress(0x0200_0000_0000L + mac));
        return spec.with(spec.board().withKind(BoardKind.VIRT).withNetwork(network));
    }

    private List<JournalRecord.Frame> frames(Path recording) {
        List<JournalRecord.Frame> frames = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> {
                if (entry.record() instanceof JournalRecord.Frame frame) {
                    frames.add(frame);
                }
            });
        }
        return frames;
    }

    @Test
    void framesInALoopComeBackAndAreNotRecorded() {
        MachineSpec spec = spec(NetworkKind.LOOP, 1);
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(spec, guest, "", recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).isEqualTo("HIJKL");
        assertThat(recorded.report().progress().virtualTime())
                .as("each of the five takes a millisecond")
                .isBetween(5 * MILLISECOND, 5 * MILLISECOND + 10_000);
        assertThat(frames(recording)).isEmpty();
        MachineRuns.assertEqual(RUNS.run(spec, guest, ""), recorded, "run again");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
        LinuxTest.assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }

    private List<Member> pair(String name, MachineSpec around) {
        return List.of(
                new Member(spec(around, NetworkKind.SWITCH, 1), List.of(guest), directory.resolve(name + 0)),
                new Member(spec(around, NetworkKind.SWITCH, 2), List.of(guest), directory.resolve(name + 1)));
    }

    @ParameterizedTest(name = "slices of {0}")
    @ValueSource(longs = {300, 20_000, 200_000})
    void machinesThatExchangeFramesReplayAloneAndRunAgain(long slice) {
        List<Member> first =
                pair("first", Specs.withVcpus(1).limit(10_000_000).slice(slice).spec());
        List<Finished> recorded = RUNS.recordConnected(first);
        assertThat(recorded).extracting(Finished::console).containsExactly("PQRST", "HIJKL");
        List<Finished> again =
                RUNS.recordConnected(pair("second", first.getFirst().spec()));
        for (int machine = 0; machine < 2; machine++) {
            Finished one = recorded.get(machine);
            assertThat(one.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
            Path recording = first.get(machine).recording();
            assertThat(frames(recording))
                    .as("what it received, not what it sent")
                    .extracting(frame -> (char) frame.bytes().at(14))
                    .containsExactlyElementsOf(one.console()
                            .chars()
                            .mapToObj(letter -> (char) letter)
                            .toList());
            MachineRuns.assertEqual(RUNS.replay(recording), one, "machine " + machine + " alone");
            LinuxTest.assertTheEndFollowsFromTheMiddle(RUNS, recording, one);
            MachineRuns.assertEqual(again.get(machine), one, "machine " + machine + " run again with the other");
        }
    }

    @Test
    void aMachineRunsAgainByItsNotedFramesWithoutTheOther() {
        List<NotedChoices> noted = new ArrayList<>();
        List<Member> pair = pair("noted", Specs.withVcpus(1).limit(10_000_000).spec());
        List<Finished> recorded = RUNS.recordConnected(pair, operator -> {
            noted.add(new NotedChoices(operator));
            return noted.getLast();
        });
        List<Choice> choices = noted.getFirst().noted();
        EditedChoices edited = new EditedChoices(choices, Choices.defaults());
        Finished alone = RUNS.record(pair.getFirst().spec(), guest, "", _ -> edited, directory.resolve("alone"));
        MachineRuns.assertEqual(alone, recorded.getFirst(), "without the other");
        assertThat(edited.unused()).isEmpty();
    }

    @Test
    void aMachineThatIsAloneReceivesNothing() {
        Finished alone = RUNS.run(spec(NetworkKind.SWITCH, 1), guest, "");
        assertThat(alone.report().outcome()).isInstanceOf(RunOutcome.Deadlock.class);
        assertThat(alone.console()).isEmpty();
    }

    @Test
    void theAddressesOfConnectedMachinesDiffer() {
        NetworkSwitch network = new NetworkSwitch(2);
        MachineRun first = RUNS.start(spec(NetworkKind.SWITCH, 1), guest, network);
        assertThatThrownBy(() -> RUNS.start(spec(NetworkKind.SWITCH, 1), guest, network))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContainingAll("another machine on the network has the address 02:00:00:00:00:01");
        first.stop(JournalRecord.Stop.Reason.INTERRUPTED);
        assertThat(first.done().toCompletableFuture().join().outcome())
                .as("it waits for the second machine, and can be stopped")
                .isEqualTo(new RunOutcome.Interrupted());
    }

    @Test
    void theBareBoardHasNoNetwork() {
        MachineSpec bare = Specs.withVcpus(1).spec();
        assertThatThrownBy(() -> bare.board().withNetwork(new NetworkSpec(NetworkKind.LOOP, MacAddress.ofSeed(1))))
                .hasMessage("the board 'bare' has no network interface; use the board 'virt'");
    }
}

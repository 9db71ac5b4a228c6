package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// A recording from a stranger is complete and has correct digests, but has inputs that its machine cannot get. The
/// replay diverges, and no internal error occurs.
class ImpossibleInputTest {

    private static final ActorSystem<Void> SYSTEM = ActorSystem.create(Behaviors.empty(), "impossible-input");
    private static final UnicornEngines ENGINES = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));

    @AfterAll
    static void stop() {
        SYSTEM.terminate();
    }

    /// A recording with one input before its first slice.
    private static History forged(JournalRecord.Input input) {
        Iterator<JournalRecord.Input> recorded = List.of(input).iterator();
        return new KeptHistory() {
            @Override
            public JournalRecord.@Nullable Input nextRecordedInput() {
                return recorded.hasNext() ? recorded.next() : null;
            }

            @Override
            public boolean isReplay() {
                return true;
            }
        };
    }

    private static void assertDiverges(JournalRecord.Input input, String why) throws IOException {
        assertDiverges(MachineRuns.spec(2, Schedule.ROUND_ROBIN, 0), input, why);
    }

    private static void assertDiverges(MachineSpec spec, JournalRecord.Input input, String why) throws IOException {
        RunOutcome outcome = Machine.builder(ENGINES, spec)
                .image(Guests.image("exit-42.elf"))
                .services(FirmwareServices.onClassPath())
                .history(forged(input))
                .start(SYSTEM)
                .done()
                .toCompletableFuture()
                .join()
                .outcome();
        assertThat(outcome)
                .as("a divergence, with what the recording has")
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report()).contains("the replay diverges at slice 0", why));
    }

    @Test
    void anInterruptOrEventForAVcpuThatThereIsNot() throws IOException {
        VcpuId absent = new VcpuId(2);
        for (Injection injection : List.of(
                new Injection.WakeUp(absent), new Injection.Interrupt(absent, 40), new Injection.Event(absent, 0))) {
            assertDiverges(
                    new JournalRecord.Injected(injection),
                    "an interrupt or event for " + absent + ", and this machine has 2 vCPUs");
        }
    }

    @Test
    void anInterruptThatTheControllerDoesNotHave() throws IOException {
        MachineSpec spec = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0);
        assertDiverges(
                spec.with(spec.board().withKind(BoardKind.VIRT)),
                new JournalRecord.Injected(new Injection.Interrupt(VcpuId.BOOT, 288)),
                "an interrupt with INTID 288, and this machine's interrupt controller has 0 to 287");
    }

    @Test
    void aPressOfAPowerButtonThatThereIsNot() throws IOException {
        assertDiverges(
                new JournalRecord.Injected(new Injection.PowerButton()),
                "a press of the power button, and this machine has none");
    }

    @Test
    void anSErrorOnABoardWhoseCpusTakeNone() throws IOException {
        assertDiverges(
                new JournalRecord.Injected(new Injection.SError(VcpuId.BOOT, 0)),
                "an SError, and this machine's CPUs take none");
    }

    @Test
    void moreInputAtTheConsoleThanItsReceiverHasRoomFor() throws IOException {
        for (ConsoleKind console : ConsoleKind.values()) {
            MachineSpec spec = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0);
            assertDiverges(
                    spec.with(spec.board().withKind(BoardKind.VIRT).withConsole(console)),
                    new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[100_000])),
                    "an input of 100,000 bytes at the console, and its receiver has room for ");
        }
    }

    /// A machine with a loop gets no frames from outside either.
    @Test
    void aFrameForAMachineThatIsNotConnectedWithOthers() throws IOException {
        MachineSpec spec = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0);
        NetworkSpec loop = new NetworkSpec(NetworkKind.LOOP, MacAddress.ofSeed(1));
        for (NetworkSpec network : List.of(NetworkSpec.NONE, loop)) {
            assertDiverges(
                    spec.with(spec.board().withKind(BoardKind.VIRT).withNetwork(network)),
                    new JournalRecord.Frame(Bytes.copyOf(new byte[60])),
                    "a frame from another machine, and this machine is not connected with others");
        }
    }

    @Test
    void entropyForAServiceThatThereIsNot() throws IOException {
        assertDiverges(
                new JournalRecord.Entropy("nobody", Bytes.copyOf(new byte[8])),
                "entropy for the service 'nobody', which this machine does not have");
    }

    @Test
    void aPolicyThatDoesNotFitTheMachine() throws IOException {
        Rule rule = new Rule(Match.of(new Functions.Any()), new Action.Forward("nobody"), "a stranger");
        assertDiverges(
                new JournalRecord.Reconfigured(new Policy(new TreeMap<>(), List.of(rule))),
                "a new policy that does not fit this machine");
    }
}

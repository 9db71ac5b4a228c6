package dev.trapline.vcpu;

import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ActorRef;
import akka.actor.Identify;
import akka.actor.Kill;
import akka.actor.PoisonPill;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.Adapter;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.FakeEngines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The behaviour of a machine when one of its actors is lost: the table in docs/actors.md, "Supervision".
class SupervisionTest {

    private static final ActorTestKit KIT = ActorTestKit.create(
            "supervision", ConfigFactory.parseString("akka.loglevel = OFF").withFallback(ConfigFactory.load()));
    private static final int IMMEDIATE = 0x77;
    private static final long EXIT = 0xc600_1000L;
    private static final int CALLS = 6;
    private static final long DISTURBED = 3;

    @TempDir
    private Path temp;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    /// How an actor is lost.
    enum Loss {
        STOPPED,
        FAILED;

        void of(String path) {
            Object message = switch (this) {
                case STOPPED -> PoisonPill.getInstance();
                case FAILED -> Kill.getInstance();
            };
            Adapter.toClassic(KIT.system())
                    .actorSelection("/system/machines/" + path)
                    .tell(message, ActorRef.noSender());
        }
    }

    /// Counts its calls, and answers with their number in x0.
    private static final class Counting implements FirmwareService<Long> {
        private LongConsumer onCall = _ -> {};

        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("counting", "1", List.of(), List.of(IMMEDIATE), List.of(), List.of());
        }

        @Override
        public Long start(ServiceContext context) {
            return 0L;
        }

        @Override
        public Reply<Long> apply(Long calls, ServiceCall call, GuestMemory memory) {
            onCall.accept(calls + 1);
            return Reply.x0(calls + 1, calls + 1);
        }
    }

    private static HypercallExit count(long[] registers) {
        return new HypercallExit(
                Conduit.HVC, IMMEDIATE, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
    }

    /// A guest with one vCPU that calls the service repeatedly. In between, the machine's thread looks for other
    /// tasks.
    private static FakeEngines guest(LongConsumer beforeCall, LongConsumer afterCall) {
        List<FakeEngines.Step> steps = new ArrayList<>();
        for (long call = 1; call <= CALLS; call++) {
            long number = call;
            steps.add(registers -> {
                beforeCall.accept(number);
                return count(registers);
            });
            steps.add(registers -> {
                afterCall.accept(number);
                return FakeEngines.budget().apply(registers);
            });
        }
        steps.add(hvc(EXIT, 3));
        return new FakeEngines().script(steps.toArray(FakeEngines.Step[]::new));
    }

    private static Machine.Builder machine(FakeEngines engines, Counting service, String name) {
        return Machine.builder(engines, Specs.withVcpus(1).spec())
                .image(new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64])))
                .services(FirmwareServices.onClassPath())
                .service(service)
                .name(name);
    }

    private static RunReport report(MachineRun run) throws Exception {
        return run.done().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static List<JournalRecord> records(Path recording) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        }
        return records;
    }

    private RunReport replay(Path recording) throws Exception {
        return report(Machine.replay(guest(_ -> {}, _ -> {}), Recordings.open(recording, OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath())
                .service(new Counting())
                .start(KIT.system()));
    }

    private List<JournalRecord> undisturbed() throws Exception {
        Path recording = temp.resolve("undisturbed");
        report(machine(guest(_ -> {}, _ -> {}), new Counting(), "undisturbed")
                .recordTo(recording)
                .start(KIT.system()));
        return records(recording);
    }

    /// When the service's actor is lost.
    enum Moment {
        /// No call is being answered.
        BETWEEN_CALLS,
        /// A call waits for the actor.
        BEFORE_THE_CALL_IS_TAKEN,
        /// The actor is computing an answer.
        AT_WORK_ON_THE_CALL,
        /// The call is settled directly, without the actor.
        WHILE_THE_CALL_IS_SETTLED_IN_PLACE
    }

    /// Blocks the machine's thread until the test has done its part.
    private static final class Rendezvous {
        private final CountDownLatch here = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(1);

        void standStill() {
            here.countDown();
            await(done);
        }

        void act(Runnable part) {
            await(here);
            part.run();
            done.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(60, TimeUnit.SECONDS))
                        .as("the other side has arrived")
                        .isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aServiceWhoseActorIsLostAnswersAsIfNothingHadHappened(Loss loss, Moment moment) throws Exception {
        String name = loss + "-" + moment;
        Rendezvous meeting = new Rendezvous();
        Counting service = new Counting();
        LongConsumer pause = call -> {
            if (call == DISTURBED) {
                meeting.standStill();
            }
        };
        // A task waits on the machine's thread, so the call is sent as a message.
        LongConsumer byMessage = call -> {
            if (call == DISTURBED) {
                Adapter.toClassic(KIT.system())
                        .actorSelection("/system/machines/" + name + "/vcpu0")
                        .tell(new Identify(call), ActorRef.noSender());
            }
        };
        FakeEngines engines = switch (moment) {
            case BETWEEN_CALLS -> guest(_ -> {}, pause);
            case BEFORE_THE_CALL_IS_TAKEN -> guest(pause, _ -> {});
            case AT_WORK_ON_THE_CALL -> guest(byMessage, _ -> {});
            case WHILE_THE_CALL_IS_SETTLED_IN_PLACE -> guest(_ -> {}, _ -> {});
        };
        if (moment == Moment.AT_WORK_ON_THE_CALL || moment == Moment.WHILE_THE_CALL_IS_SETTLED_IN_PLACE) {
            service.onCall = pause;
        }
        Path recording = temp.resolve(name);
        MachineRun run = machine(engines, service, name).recordTo(recording).start(KIT.system());
        meeting.act(() -> loss.of(name + "/firmware-counting"));

        RunReport report = report(run);
        assertThat(report.outcome()).as("the run continues to its end").isEqualTo(new RunOutcome.Exited(3));
        assertThat(records(recording))
                .as("each call has the same answer as without a loss")
                .isEqualTo(undisturbed());
        RunReport replayed = replay(recording);
        assertThat(replayed.outcome()).as("the recording replays").isEqualTo(report.outcome());
        assertThat(replayed.registerDigest()).isEqualTo(report.registerDigest());
        assertThat(replayed.memoryDigest()).isEqualTo(report.memoryDigest());
    }

    static Stream<Arguments> losses() {
        return Stream.of(Loss.values())
                .flatMap(loss -> Stream.of(Moment.values()).map(moment -> Arguments.of(loss, moment)));
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aVcpuWhoseActorIsLostEndsItsRunAndWhatIsRecordedReplays(Loss loss) throws Exception {
        String name = "vcpu-" + loss;
        Rendezvous meeting = new Rendezvous();
        Path recording = temp.resolve(name);
        MachineRun run = machine(
                        guest(_ -> {}, call -> {
                            if (call == DISTURBED) {
                                meeting.standStill();
                            }
                        }),
                        new Counting(),
                        name)
                .recordTo(recording)
                .start(KIT.system());
        meeting.act(() -> loss.of(name + "/vcpu0"));

        assertThat(report(run).outcome())
                .as("registers are lost with it: there is nothing to continue from")
                .isInstanceOf(RunOutcome.Broken.class);
        assertThat(undisturbed())
                .as("the recording is the beginning of the run")
                .startsWith(records(recording).toArray(JournalRecord[]::new));
        assertThat(replay(recording).outcome()).isEqualTo(new RunOutcome.RecordingEnds());
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aMachineWhoseActorIsLostEndsAndLeavesTheOthersAlone(Loss loss) throws Exception {
        String name = "machine-" + loss;
        Rendezvous meeting = new Rendezvous();
        Rendezvous other = new Rendezvous();
        LongConsumer otherWaits = call -> {
            if (call == DISTURBED) {
                other.standStill();
            }
        };
        LongConsumer waits = call -> {
            if (call == DISTURBED) {
                meeting.standStill();
            }
        };
        Path recording = temp.resolve(name);
        MachineRun neighbour = machine(guest(_ -> {}, otherWaits), new Counting(), "neighbour-" + loss)
                .start(KIT.system());
        MachineRun run = machine(guest(_ -> {}, waits), new Counting(), name)
                .recordTo(recording)
                .start(KIT.system());
        TestProbe<MachineGuardian.Notice> watcher = KIT.createTestProbe();
        Machines.of(KIT.system()).guardian().tell(new MachineGuardian.Watch(name, watcher.ref()));
        meeting.act(() -> loss.of(name));

        assertThat(report(run).outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.StorageFailed.class,
                        failed -> assertThat(failed.message()).contains("actor was stopped"));
        assertThat(watcher.receiveMessage()).isInstanceOf(MachineGuardian.Ended.class);
        other.act(() -> {});
        assertThat(report(neighbour).outcome()).isEqualTo(new RunOutcome.Exited(3));
    }

    @Test
    void twoMachinesOfOneSystemHaveTwoNames() throws Exception {
        Rendezvous meeting = new Rendezvous();
        LongConsumer waits = call -> {
            if (call == DISTURBED) {
                meeting.standStill();
            }
        };
        MachineRun first = machine(guest(_ -> {}, waits), new Counting(), "one").start(KIT.system());
        Machine.Builder second = machine(guest(_ -> {}, _ -> {}), new Counting(), "one");
        assertThatThrownBy(() -> second.start(KIT.system()))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'one'");
        TestProbe<MachineGuardian.Running> listing = KIT.createTestProbe();
        Machines.of(KIT.system()).guardian().tell(new MachineGuardian.ListMachines(listing.ref()));
        assertThat(listing.receiveMessage().names()).contains("one");
        meeting.act(() -> {});
        assertThat(report(first).outcome()).isEqualTo(new RunOutcome.Exited(3));
    }

    @Test
    void theGuardianStopsAMachineByItsName() throws Exception {
        Rendezvous meeting = new Rendezvous();
        MachineRun run = machine(
                        guest(_ -> {}, call -> {
                            if (call == DISTURBED) {
                                meeting.standStill();
                            }
                        }),
                        new Counting(),
                        "stops")
                .start(KIT.system());
        TestProbe<MachineGuardian.Running> listing = KIT.createTestProbe();
        meeting.act(() -> {
            var guardian = Machines.of(KIT.system()).guardian();
            guardian.tell(new MachineGuardian.StopMachine("stops", JournalRecord.Stop.Reason.INTERRUPTED));
            guardian.tell(new MachineGuardian.ListMachines(listing.ref()));
            listing.receiveMessage();
        });
        assertThat(report(run).outcome()).isEqualTo(new RunOutcome.Interrupted());
    }

    @Test
    void nobodyWatchesAMachineThatIsNotThere() {
        TestProbe<MachineGuardian.Notice> watcher = KIT.createTestProbe();
        Machines.of(KIT.system()).guardian().tell(new MachineGuardian.Watch("nobody", watcher.ref()));
        watcher.expectMessage(new MachineGuardian.Unknown("nobody"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", "-a", "a b", "$a", "ä"})
    void aNameIsPartOfAnAddressAndNothingElse(String name) {
        Machine.Builder builder = machine(guest(_ -> {}, _ -> {}), new Counting(), name);
        assertThatThrownBy(() -> builder.start(KIT.system()))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("cannot be called '" + name + "'");
    }
}

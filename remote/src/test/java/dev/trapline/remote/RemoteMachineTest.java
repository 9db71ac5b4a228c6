package dev.trapline.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ActorRef;
import akka.actor.Kill;
import akka.actor.PoisonPill;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.MachineValues;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.RunReport;
import dev.trapline.remote.MachineProtocol.Event;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.HostTools;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.vcpu.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Machines that another process drives, and what is refused of those who may not, or do not know how.
@Tag("native")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteMachineTest {

    private static final UnicornEngines ENGINES = new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)));
    private static final ActorSystem<Void> MACHINES = ActorSystem.create(Behaviors.empty(), "machines-of-a-test");

    @TempDir
    private static Path keys;

    @TempDir
    private Path recordings;

    @BeforeAll
    static void sign() throws Exception {
        Certificates certificates = new Certificates(keys);
        certificates.authority("ours");
        certificates.authority("theirs");
        certificates.signed("server", "ours");
        certificates.signed("driver", "ours");
        certificates.signed("stranger", "theirs");
    }

    @AfterAll
    static void stopMachines() {
        MACHINES.terminate();
    }

    private static RemoteSettings settings(String name, String authority) {
        return new Certificates(keys).settings(name, authority);
    }

    private MachineServer server() {
        return MachineServer.start(
                settings("server", "ours"),
                new MachineHost(
                        MACHINES,
                        ENGINES,
                        FirmwareServices.onClassPath(),
                        recordings,
                        StoragePolicy.DEFAULT,
                        new MachineHost.Limits(2, 128 << 20)));
    }

    private static Event answer(CompletionStage<Event> answer) throws Exception {
        return answer.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private RunReport replay(String machine) throws Exception {
        return Machine.replay(ENGINES, Recordings.open(recordings.resolve(machine), OpenOptions.STRICT))
                .services(FirmwareServices.onClassPath())
                .start(MACHINES)
                .done()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private List<JournalRecord.Input> inputs(String machine) {
        List<JournalRecord.Input> inputs = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recordings.resolve(machine), OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> {
                if (entry.record() instanceof JournalRecord.Input input) {
                    inputs.add(input);
                }
            });
        }
        return inputs;
    }

    @Test
    void anotherProcessDrivesAMachineFromItsStartToItsStop() throws Exception {
        try (MachineServer server = server()) {
            HostTools.Result said = HostTools.java(
                    Path.of("."), DriverProgram.class, server.address(), "-", keys.toString(), "driver", "ours");
            assertThat(said.status()).as(said.printed()).isZero();
            assertThat(said.output().lines())
                    .satisfiesExactly(
                            started -> assertThat(started).startsWith("Started").contains("driven"),
                            typed -> assertThat(typed).startsWith("Accepted"),
                            injected -> assertThat(injected).startsWith("Accepted"),
                            reconfigured -> assertThat(reconfigured).startsWith("Accepted"),
                            again -> assertThat(again).startsWith("Refused").contains("'driven' already"),
                            tooFar -> assertThat(tooFar).startsWith("Refused").contains("this machine has 1 vCPU"),
                            nobody -> assertThat(nobody).startsWith("Refused").contains("'nobody'"),
                            controlled ->
                                    assertThat(controlled).startsWith("Started").contains("controlled"),
                            noInterrupt -> assertThat(noInterrupt)
                                    .startsWith("Refused")
                                    .contains("288", "0 to 287"),
                            _ -> {},
                            stopped -> assertThat(stopped).startsWith("Accepted"),
                            ended -> assertThat(ended).startsWith("Ended").contains("Interrupted"),
                            greeting -> assertThat(greeting).contains("q ends"),
                            echo -> assertThat(echo).contains("said from afar"),
                            _ -> {});
        }
        assertThat(inputs("driven"))
                .as("what came from afar is part of the history")
                .hasAtLeastOneElementOfType(JournalRecord.Injected.class)
                .hasAtLeastOneElementOfType(JournalRecord.Reconfigured.class)
                .hasAtLeastOneElementOfType(JournalRecord.Stop.class);
        RunReport replayed = replay("driven");
        assertThat(replayed.outcome()).isEqualTo(new RunOutcome.Interrupted());
    }

    /// Somebody with a good certificate who sends what they like.
    private static final class Attacker implements AutoCloseable {
        private final ActorSystem<Void> system;
        private final TestProbe<Event> probe;
        private final akka.actor.typed.ActorRef<Object> desk;

        private Attacker(MachineServer server, String name, String trusted) {
            system = ActorSystem.create(
                    Behaviors.empty(),
                    "attacker",
                    ConfigFactory.parseString("""
                        akka.actor.serializers.trapline-machine = "dev.trapline.remote.RawSerializer"
                        akka.actor.serialization-bindings."dev.trapline.remote.RawSerializer$Raw" = trapline-machine
                        """)
                            .withFallback(settings(name, trusted).config("/user/desk"))
                            .withFallback(ConfigFactory.load()));
            probe = TestProbe.create(Event.class, system);
            desk = ActorRefResolver.get(system).resolveActorRef(server.address() + "/user/desk");
        }

        private void send(Object message) {
            desk.tell(message);
        }

        private String self() {
            return ActorRefResolver.get(system).toSerializationFormat(probe.ref());
        }

        private static RawSerializer.Raw raw(long version, String replyTo, byte... rest) {
            PackedWriter out = new PackedWriter(400);
            out.varint(version);
            out.varint(5);
            MachineValues.write(out, replyTo);
            out.ensure(rest.length);
            for (byte each : rest) {
                out.u8(each);
            }
            return new RawSerializer.Raw(Bytes.copyOf(out.toArray()));
        }

        private String refusal() {
            return ((MachineProtocol.Refused) probe.receiveMessage(Duration.ofSeconds(60))).reason();
        }

        @Override
        public void close() {
            system.terminate();
        }
    }

    @Test
    void whatIsNotUnderstoodIsRefusedAndTheMachineThatRunsIsNotHarmed() throws Exception {
        try (MachineServer server = server();
                MachineDriver driver = MachineDriver.connect(settings("driver", "ours"), server.address());
                Attacker attacker = new Attacker(server, "driver", "ours")) {
            var image = Guests.image("echo.elf");
            assertThat(answer(driver.start("victim", MachineSpec.DEFAULT, List.of(image), Bytes.EMPTY, true)))
                    .isInstanceOf(MachineProtocol.Started.class);

            attacker.send(Attacker.raw(MachineProtocol.VERSION, attacker.self(), (byte) 3));
            assertThat(attacker.refusal()).as("a message that is cut off").contains("refused", "in the middle");
            attacker.send(Attacker.raw(MachineProtocol.VERSION, attacker.self(), (byte) 200));
            assertThat(attacker.refusal()).as("a command that there is not").contains("no command 200");
            attacker.send(Attacker.raw(MachineProtocol.VERSION + 1, attacker.self(), (byte) 8));
            assertThat(attacker.refusal())
                    .as("another version")
                    .contains("version " + (MachineProtocol.VERSION + 1), "version " + MachineProtocol.VERSION);
            attacker.send(new MachineProtocol.Start(
                    6,
                    attacker.probe.ref(),
                    "pathed",
                    MachineSpec.DEFAULT,
                    List.of(new Image(
                            image.kind(),
                            "echo.elf",
                            0,
                            Bytes.copyOf("/etc/hostname".getBytes(StandardCharsets.US_ASCII)))),
                    Bytes.EMPTY,
                    false));
            assertThat(attacker.refusal())
                    .as("a path in place of bytes")
                    .contains("the path of a file", "send the file's ");
            attacker.send(new MachineProtocol.Start(
                    6,
                    attacker.probe.ref(),
                    "large",
                    MachineSpec.DEFAULT.with(BoardSpec.DEFAULT.withRam(256 << 20)),
                    List.of(image),
                    Bytes.EMPTY,
                    false));
            assertThat(attacker.refusal()).as("more than a driver may take").contains("bytes of RAM");

            // Nobody can be answered: these are dropped.
            attacker.send(new RawSerializer.Raw(Bytes.EMPTY));
            attacker.send(new RawSerializer.Raw(Bytes.copyOf(new byte[] {-1, -1, -1})));
            attacker.send(Attacker.raw(MachineProtocol.VERSION, "akka://trapline/user/desk", (byte) 8));
            attacker.send(Attacker.raw(MachineProtocol.VERSION, server.address() + "/user/desk", (byte) 8));
            // Nothing of this is a command.
            attacker.send("a text");
            attacker.send(PoisonPill.getInstance());
            attacker.send(Kill.getInstance());
            Adapter.toClassic(attacker.system)
                    .actorSelection(server.address() + "/system/machines/victim")
                    .tell(Kill.getInstance(), ActorRef.noSender());

            attacker.send(new MachineProtocol.ListMachines(9, attacker.probe.ref()));
            assertThat(attacker.probe.receiveMessage(Duration.ofSeconds(60)))
                    .as("the desk is still there, and has the one machine")
                    .isEqualTo(new MachineProtocol.Listing(9, List.of("victim")));
            assertThat(answer(driver.type("victim", Bytes.copyOf("q".getBytes(StandardCharsets.US_ASCII)))))
                    .isInstanceOf(MachineProtocol.Accepted.class);
            TestProbe<Event> watching = TestProbe.create(Event.class, attacker.system);
            driver.subscribe("victim", event -> {
                if (event instanceof MachineProtocol.Ended) {
                    watching.ref().tell(event);
                }
            });
            var ended = (MachineProtocol.Ended) watching.receiveMessage(Duration.ofSeconds(60));
            assertThat(ended.outcome()).as("the guest ended by itself").isEqualTo(new RunOutcome.PoweredOff());
            RunReport replayed = replay("victim");
            assertThat(replayed.outcome()).isEqualTo(ended.outcome());
            assertThat(replayed.registerDigest()).isEqualTo(ended.digests().registers());
            assertThat(replayed.memoryDigest()).isEqualTo(ended.digests().memory());
        }
    }

    @Test
    void whoseCertificateAnotherAuthoritySignedIsRefused() throws Exception {
        try (MachineServer server = server()) {
            RemoteSettings stranger = settings("stranger", "ours");
            assertThatThrownBy(() -> MachineDriver.connect(stranger, server.address()))
                    .as("one that the server does not trust")
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("does not accept", "stranger.p12");
            RemoteSettings wary = settings("driver", "theirs");
            assertThatThrownBy(() -> MachineDriver.connect(wary, server.address()))
                    .as("one who does not trust the server")
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("not trusted", "theirs-trust.p12");
            try (MachineDriver driver = MachineDriver.connect(settings("driver", "ours"), server.address())) {
                assertThat(answer(driver.machines())).isInstanceOf(MachineProtocol.Listing.class);
            }
        }
    }

    /// A stranger who does not ask first, but sends at once.
    @Test
    void whatAStrangerSendsIsNotHeard() throws Exception {
        try (MachineServer server = server();
                Attacker stranger = new Attacker(server, "stranger", "ours");
                Attacker driver = new Attacker(server, "driver", "ours")) {
            stranger.send(new MachineProtocol.ListMachines(1, stranger.probe.ref()));
            driver.send(new MachineProtocol.ListMachines(2, driver.probe.ref()));
            assertThat(driver.probe.receiveMessage(Duration.ofSeconds(60)))
                    .isEqualTo(new MachineProtocol.Listing(2, List.of()));
            stranger.probe.expectNoMessage(Duration.ZERO);
        }
    }

    /// The system may have no memory for a machine. That is no reason to stop listening.
    @Test
    void aServerWithoutMemoryForAMachineRefusesItAndContinues() throws Exception {
        EngineFactory poor = new EngineFactory() {
            @Override
            public Engine open(EngineSpec spec) {
                return ENGINES.open(spec);
            }

            @Override
            public EngineLibrary library() {
                return ENGINES.library();
            }

            @Override
            public MemorySegment allocateMemory(long bytes, Arena arena) {
                throw new EngineException("the system has no " + bytes + " bytes");
            }
        };
        MachineHost host = new MachineHost(
                MACHINES, poor, List.of(), recordings, StoragePolicy.DEFAULT, MachineHost.Limits.DEFAULT);
        try (MachineServer server = MachineServer.start(settings("server", "ours"), host);
                MachineDriver driver = MachineDriver.connect(settings("driver", "ours"), server.address())) {
            var image = Guests.image("echo.elf");
            for (int n = 0; n < 2; n++) {
                assertThat(answer(driver.start("poor", MachineSpec.DEFAULT, List.of(image), Bytes.EMPTY, false)))
                        .isInstanceOfSatisfying(
                                MachineProtocol.Refused.class,
                                refused -> assertThat(refused.reason()).contains("the system has no"));
            }
        }
    }

    @Test
    void whereNothingListensIsSaid() {
        RemoteSettings settings = settings("driver", "ours");
        assertThatThrownBy(() -> MachineDriver.connect(settings, "akka://trapline@127.0.0.1:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("127.0.0.1:1", "trapline serve");
    }

    @Test
    void withoutACertificateTheHandshakeFails() throws Exception {
        try (MachineServer server = server()) {
            int port =
                    Integer.parseInt(server.address().substring(server.address().lastIndexOf(':') + 1));
            SSLContext trusting = SSLContext.getInstance("TLS");
            trusting.init(null, new TrustManager[] {new TrustsAll()}, null);
            try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", port)) {
                assertThatThrownBy(() -> {
                            socket.startHandshake();
                            // In TLS 1.3 the server's refusal comes behind the client's part of the handshake.
                            socket.getInputStream().read();
                        })
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("certificate");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1:2552", "akka://other@127.0.0.1:1", "akka://trapline@127.0.0.1"})
    void anAddressThatIsNoneIsRefused(String address) {
        assertThatThrownBy(() -> MachineDriver.connect(settings("driver", "ours"), address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("akka://trapline@HOST:PORT");
    }

    @Test
    void aKeyStoreThatIsNotThereIsNamed() {
        RemoteSettings settings = settings("nobody", "ours");
        assertThatThrownBy(() -> MachineDriver.connect(settings, "akka://trapline@127.0.0.1:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody.p12");
    }

    /// For the client's side of a test alone.
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

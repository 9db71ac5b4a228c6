package dev.trapline.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.policy.Policy;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.MachineValues;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.machine.Progress;
import dev.trapline.remote.MachineProtocol.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages as bytes: each comes back as it was, and nothing else is taken for one.
class ProtocolCodecTest {

    private static final ActorRef<Event> DRIVER = TestInbox.<Event>create().getRef();
    private static final ProtocolCodec CODEC = new ProtocolCodec(ref -> "driver", text -> {
        if (!text.equals("driver")) {
            throw new IllegalArgumentException("there is no '" + text + "'");
        }
        return DRIVER;
    });
    private static final Bytes CONTENT = Bytes.copyOf(new byte[] {1, 2, 3, 0, -1});

    private static MachineProtocol.Start start(Image image, String machine) {
        return new MachineProtocol.Start(
                7,
                DRIVER,
                machine,
                MachineSpec.DEFAULT
                        .with(CpuSpec.DEFAULT.withCount(4))
                        .with(BoardSpec.DEFAULT.withRam(1 << 20))
                        .withPolicy(Policy.DEFAULT.withResident("smccc")),
                List.of(image),
                CONTENT,
                true);
    }

    private static Image image(String name, Bytes content) {
        return new Image(Image.Kind.RAW, name, 0x4000_0000L, content);
    }

    private static Bytes text(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Stream<MachineProtocol> messages() {
        Progress progress = new Progress(1, 2, 3);
        return Stream.of(
                start(image("guest.elf", CONTENT), "box"),
                new MachineProtocol.Type(0, DRIVER, "box", CONTENT),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.WakeUp(new VcpuId(3))),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.Interrupt(new VcpuId(63), 1019)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.Event(new VcpuId(0), 0xffff_ffffL)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.PowerButton()),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.SError(new VcpuId(2), 0x1ff_ffff)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.ConsoleSize(9999, 1)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.MemoryFlip(0x4000_0000L, 0xff)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.RegisterFlip(new VcpuId(63), 30, 1L << 63)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.Hold(new VcpuId(1), 5)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.Hold(new VcpuId(1), Injection.Hold.FOREVER)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.LostInterrupt(new VcpuId(2), 1019)),
                new MachineProtocol.Inject(
                        1, DRIVER, "box", new Injection.Misread(0x900_0018L, new WrongBits(1, 0x20, 0x10), 3)),
                new MachineProtocol.Inject(1, DRIVER, "box", new Injection.StuckLine(33, true, Injection.Hold.FOREVER)),
                new MachineProtocol.Inject(
                        1,
                        DRIVER,
                        "box",
                        new Injection.BadDisk(1, Injection.BadDisk.Failure.WRITE_TORN, Injection.Defect.EVERY_TIME)),
                new MachineProtocol.Reconfigure(2, DRIVER, "box", Policy.DEFAULT.withResident("trng")),
                new MachineProtocol.Subscribe(3, DRIVER, "box", Long.MAX_VALUE),
                new MachineProtocol.Seen(4, DRIVER, "box", 0),
                new MachineProtocol.Ask(-1, DRIVER, "box"),
                new MachineProtocol.Stop(5, DRIVER, "box"),
                new MachineProtocol.ListMachines(6, DRIVER),
                new MachineProtocol.Started(7, "box", List.of("a warning", "ä")),
                new MachineProtocol.Accepted(8),
                new MachineProtocol.State(9, "box", true, progress, 4, 5),
                new MachineProtocol.Listing(10, List.of("a", "b")),
                new MachineProtocol.Printed(11, "box", 99, CONTENT),
                new MachineProtocol.Ended(
                        12,
                        "box",
                        new RunOutcome.Exited(-3),
                        progress,
                        6,
                        new MachineProtocol.Digests(Long.MIN_VALUE, -1, 0)),
                new MachineProtocol.Ended(
                        12,
                        "box",
                        new RunOutcome.Broken("why", List.of("last")),
                        progress,
                        6,
                        new MachineProtocol.Digests(1, 2, 3)),
                new MachineProtocol.Refused(13, "no"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageComesBackAsItWas(MachineProtocol message) {
        assertThat(CODEC.decode(CODEC.encode(message))).isEqualTo(message);
    }

    /// Two Traplines of one version must understand each other: bytes that change need another version.
    @Test
    void theBytesOfEachMessageAreThoseOfTheVersion() throws IOException {
        String present = messages()
                .map(message -> message.getClass().getSimpleName() + " "
                        + HexFormat.of().formatHex(CODEC.encode(message)) + "\n")
                .collect(Collectors.joining());
        Path golden = Path.of("src/test/resources/golden/protocol-v" + MachineProtocol.VERSION + ".txt");
        if (Boolean.getBoolean("trapline.golden.write")) {
            Files.createDirectories(golden.resolveSibling(""));
            Files.writeString(golden, present);
        }
        assertThat(golden)
                .as("raise MachineProtocol.VERSION, and write the file with -Dtrapline.golden.write=true")
                .content()
                .isEqualTo(present);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageThatIsCutOffIsNone(MachineProtocol message) {
        byte[] whole = CODEC.encode(message);
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), "cut off at " + length);
        }
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "with a byte more");
    }

    private static void assertRefused(byte[] bytes, String what) {
        MachineProtocol read;
        try {
            read = CODEC.decode(bytes);
        } catch (CodecException _) {
            return;
        }
        assertThat(read).as(what).isInstanceOf(MachineProtocol.Malformed.class);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void noBytesThrowAnythingElse(MachineProtocol message) {
        byte[] whole = CODEC.encode(message);
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                MachineProtocol read = CODEC.decode(changed);
                if (!(read instanceof MachineProtocol.Malformed)) {
                    assertThat(CODEC.decode(CODEC.encode(read)))
                            .as("what is taken is a message")
                            .isEqualTo(read);
                }
            } catch (CodecException _) {
                // Refused: nobody can be answered.
            }
        }
    }

    private static byte[] head(long version, String replyTo, int... rest) {
        PackedWriter out = new PackedWriter(100);
        out.varint(version);
        out.varint(77);
        MachineValues.write(out, replyTo);
        out.ensure(rest.length);
        for (int each : rest) {
            out.u8(each);
        }
        return out.toArray();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, MachineProtocol.VERSION + 1, -1})
    void aMessageOfAnotherVersionIsAnsweredWithBothVersions(long version) {
        assertThat(CODEC.decode(head(version, "driver", 99, 99, 99)))
                .isInstanceOfSatisfying(MachineProtocol.Malformed.class, malformed -> {
                    assertThat(malformed.request()).isEqualTo(77);
                    assertThat(malformed.replyTo()).isEqualTo(DRIVER);
                    assertThat(malformed.reason())
                            .contains(
                                    "version " + Long.toUnsignedString(version), "version " + MachineProtocol.VERSION);
                });
    }

    @Test
    void aCommandThatThereIsNotIsNamed() {
        assertThat(CODEC.decode(head(MachineProtocol.VERSION, "driver", 9)))
                .isInstanceOfSatisfying(
                        MachineProtocol.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains("command 9"));
    }

    @Test
    void whoMayNotBeAnsweredIsNot() {
        assertThatThrownBy(() -> CODEC.decode(head(MachineProtocol.VERSION, "somebody else", 8)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("somebody else");
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                Arguments.of("/etc/passwd", CONTENT),
                Arguments.of("..\\guest.elf", CONTENT),
                Arguments.of("", CONTENT),
                Arguments.of("guest\n.elf", CONTENT),
                Arguments.of("guest.elf", text("/opt/guest.elf")),
                Arguments.of("guest.elf", text("/opt/guest.elf\n")),
                Arguments.of("guest.elf", text("../guest.elf")),
                Arguments.of("guest.elf", text("~/guest.elf")),
                Arguments.of("guest.elf", text("file:///etc/shadow")),
                Arguments.of("guest.elf", text("C:\\guest.elf")));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void aPathIsNoImage(String name, Bytes content) {
        assertThat(CODEC.decode(CODEC.encode(start(image(name, content), "box"))))
                .isInstanceOfSatisfying(
                        MachineProtocol.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains("file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\u0000", "a/b", "/opt\nmore\n", ".", "/é"})
    void whatOnlyResemblesAPathIsContent(String content) {
        MachineProtocol.Start sent = start(image("guest.bin", text(content)), "box");
        assertThat(CODEC.decode(CODEC.encode(sent))).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../box", "a b", "/tmp/rec", ".hidden"})
    void aMachineIsNotCalledByAPath(String name) {
        assertThat(CODEC.decode(CODEC.encode(start(image("guest.bin", CONTENT), name))))
                .isInstanceOfSatisfying(
                        MachineProtocol.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains("cannot be called"));
    }
}

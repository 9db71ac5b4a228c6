package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.runWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Tty;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A recording from a stranger, and a file that was replaced by something else, cannot do harm. The real command ends
/// with the reason.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileRecordingTest {

    private static final String SECRET = "hunter2";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path recording = Path.of("");

    @BeforeEach
    void record() {
        recording = directory.resolve("rec");
        Ended recorded = run("run", "--record", recording.toString(), guest("smp-hello"));
        assertThat(recorded.status()).as(recorded.err()).isZero();
    }

    /// Every command that opens a recording.
    private List<List<String>> commands() {
        String rec = recording.toString();
        return List.of(
                List.of("journal", "info", rec),
                List.of("journal", "verify", rec),
                List.of("journal", "index", rec),
                List.of("journal", "export", rec, directory.resolve("out.tlx").toString()),
                List.of("trace", rec),
                List.of("replay", rec),
                List.of("replay", rec, "--at", "3"),
                List.of("replay", rec, "--jobs", "2"),
                List.of("run", "--continue", rec));
    }

    private static Ended perform(Map<String, String> environment, List<String> command) {
        return runWith(environment, command.toArray(String[]::new));
    }

    /// Executes in this process a command that is refused before it runs anything.
    private static Ended refused(String... command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(command));
        return new Ended(status, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static Path mkfifo(Path file) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        return file;
    }

    /// A server that requests the password in clear text from every client.
    private static final class Thief implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final List<String> taken = new ArrayList<>();

        Thief() throws IOException {
            Thread.ofPlatform().daemon().start(this::serve);
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket client = server.accept()) {
                    serve(client);
                } catch (IOException e) {
                    // The client has closed the connection, or the test has ended.
                }
            }
        }

        private void serve(Socket client) throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            for (int code = 0; code >> 16 != 3; ) {
                byte[] startup = in.readNBytes(in.readInt() - 4);
                synchronized (taken) {
                    taken.add("a connection");
                }
                code = startup[0] << 24 | startup[1] << 16 | startup[2] << 8 | startup[3];
                client.getOutputStream()
                        .write(code >> 16 == 3 ? new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3} : new byte[] {'N'});
            }
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            synchronized (taken) {
                taken.add(answer);
            }
        }

        String place() {
            return "127.0.0.1:" + server.getLocalPort() + "/x";
        }

        List<String> taken() {
            synchronized (taken) {
                return List.copyOf(taken);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private void moveTo(String url) throws IOException {
        Path manifest = recording.resolve("manifest");
        Files.writeString(manifest, Files.readString(manifest).replace("store = mvstore", "store = " + url));
    }

    @Test
    void aRecordingDoesNotChooseWhoGetsThePassword() throws IOException {
        try (Thief thief = new Thief()) {
            moveTo("jdbc:postgresql://" + thief.place() + "?user=u&socketFactory=x.Y&loggerFile="
                    + directory.resolve("log") + "&requireAuth=password&sslmode=disable");
            Path passwords = Files.writeString(directory.resolve("pgpass"), "*:*:*:*:" + SECRET);
            Files.setPosixFilePermissions(passwords, PosixFilePermissions.fromString("rw-------"));
            Map<String, String> elsewhere = Map.of(
                    "TRAPLINE_POSTGRESQL_PASSWORD",
                    SECRET,
                    "TRAPLINE_POSTGRESQL_URL",
                    "jdbc:postgresql://db.example.org/mine");
            for (List<String> command : commands()) {
                requireRefused(Map.of("TRAPLINE_POSTGRESQL_PASSWORD", SECRET), command, thief);
            }
            requireRefused(
                    Map.of("PGPASSFILE", passwords.toString()), commands().getFirst(), thief);
            requireRefused(elsewhere, commands().getFirst(), thief);
            assertThat(thief.taken()).as("no connection is made").isEmpty();
            assertThat(directory.resolve("log")).doesNotExist();
        }
    }

    private static void requireRefused(Map<String, String> environment, List<String> command, Thief thief) {
        Ended ended = perform(environment, command);
        assertThat(ended.status()).as("%s: %s", command, ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine())
                .as("%s says how to allow it", command)
                .contains("TRAPLINE_POSTGRESQL_URL=jdbc:postgresql://" + thief.place());
        assertThat(ended.err()).doesNotContain(SECRET, "socketFactory");
    }

    @Test
    void aPasswordIsNotSentInClearEvenToANamedDatabase() throws IOException {
        try (Thief thief = new Thief()) {
            moveTo("jdbc:postgresql://" + thief.place());
            Map<String, String> named = new TreeMap<>(Map.of(
                    "TRAPLINE_POSTGRESQL_URL",
                    "jdbc:postgresql://me:" + SECRET + "@" + thief.place() + "?sslpassword=" + SECRET));
            for (List<String> command : commands().subList(0, 2)) {
                Ended ended = perform(named, command);
                assertThat(ended.status()).as("%s: %s", command, ended.err()).isEqualTo(Ending.STORAGE);
                assertThat(ended.lastLine()).contains("requireAuth");
                assertThat(ended.err()).as("no message has the password").doesNotContain(SECRET);
            }
            assertThat(String.join("", thief.taken())).contains("a connection").doesNotContain(SECRET);
            named.put(
                    "TRAPLINE_POSTGRESQL_URL",
                    "jdbc:postgresql://me:" + SECRET + "@" + thief.place() + "?requireAuth=password");
            perform(named, List.of("journal", "info", recording.toString()));
            assertThat(String.join("", thief.taken()))
                    .as("the user's own URL allows it")
                    .contains(SECRET);
        }
    }

    @Test
    void aUrlThatIsNoneIsNotRepeated() throws IOException {
        moveTo("jdbc:postgresql://db.example.org/x");
        for (String url : List.of(
                "jdbc:postgresql://h:" + SECRET + "@x:y/z",
                "jdbc:postgresql://h/x/y?password=" + SECRET,
                "postgresql://me:" + SECRET + "@h/x",
                "jdbc:postgresql:x?service=" + SECRET,
                "jdbc:postgresql://h/x&password=" + SECRET,
                "jdbc:postgresql://h/x;password=" + SECRET,
                "jdbc:postgresql://h/x#password=" + SECRET,
                "jdbc:postgresql://h/x?user=me;password=" + SECRET,
                "jdbc:postgresql://h/x?user=me:" + SECRET,
                "jdbc:postgresql://h/me:" + SECRET + "@x",
                "jdbc:postgresql://me:12/" + SECRET + "@h",
                "jdbc:postgresql://h/x?PGHOST=" + SECRET)) {
            Ended ended = perform(Map.of("TRAPLINE_POSTGRESQL_URL", url), List.of("trace", recording.toString()));
            assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
            assertThat(ended.lastLine()).contains("TRAPLINE_POSTGRESQL_URL").doesNotContain(SECRET);
        }
    }

    @Test
    void whatIsNoRegularFileInARecordingIsRefused() throws Exception {
        Path image;
        try (Stream<Path> images = Files.list(recording.resolve("images"))) {
            image = images.findFirst().orElseThrow();
        }
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), SECRET);
        for (Path victim : List.of(recording.resolve("manifest"), recording.resolve("journal.mv"), image)) {
            Path kept = directory.resolve("kept");
            Files.move(victim, kept);
            for (String kind : List.of("named pipe", "symbolic link", "directory", "device")) {
                switch (kind) {
                    case "named pipe" -> mkfifo(victim);
                    case "symbolic link" -> Files.createSymbolicLink(victim, elsewhere);
                    case "device" -> Files.createSymbolicLink(victim, Path.of("/dev/zero"));
                    default -> Files.createDirectory(victim);
                }
                Ended ended = refused("journal", "verify", recording.toString());
                assertThat(ended.status())
                        .as("%s as a %s: %s", victim, kind, ended.err())
                        .isIn(2, 7);
                assertThat(ended.lastLine())
                        .contains(victim.toString(), kind.equals("device") ? "symbolic link" : kind)
                        .doesNotContain(SECRET);
                Files.delete(victim);
            }
            Files.move(kept, victim);
        }
        assertThat(Files.readString(elsewhere)).isEqualTo(SECRET);
    }

    @Test
    void whatIsInTheWayOfALockOrOfCheckpointsIsNeitherFollowedNorReplaced() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path checkpoints = Files.createSymbolicLink(recording.resolve("checkpoints"), outside);
        Ended indexed = run("journal", "index", recording.toString());
        assertThat(indexed.status()).as(indexed.err()).isEqualTo(Ending.USAGE);
        Ended sought = run("replay", recording.toString(), "--at", "3");
        assertThat(sought.status()).as(sought.err()).isZero();
        assertThat(sought.err()).contains("is a symbolic link");
        assertThat(outside).as("nothing is written there").isEmptyDirectory();
        Files.delete(checkpoints);
        Files.createDirectory(checkpoints);
        for (String name : List.of("store.mv", "lock")) {
            mkfifo(checkpoints.resolve(name));
            Ended waiting = run("journal", "index", recording.toString());
            assertThat(waiting.status()).as(waiting.err()).isEqualTo(Ending.USAGE);
            assertThat(Files.readAttributes(checkpoints.resolve(name), "*").get("isOther"))
                    .as("it still exists")
                    .isEqualTo(true);
            Files.delete(checkpoints.resolve(name));
        }
        Path manifest = recording.resolve("manifest");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceAll("(?m)^(segments|digest) .*\n", "")
                        .replace("closed", "open"));
        Path lock = mkfifo(recording.resolve("lock"));
        Ended continued = refused("run", "--continue", recording.toString());
        assertThat(continued.status()).as(continued.err()).isEqualTo(Ending.STORAGE);
        assertThat(continued.lastLine()).contains("is a named pipe");
        assertThat(lock).exists();
    }

    @Test
    void hugeClaimsAreRefusedBeforeAnythingIsRead() throws IOException {
        Path manifest = recording.resolve("manifest");
        String text = Files.readString(manifest);
        try (RandomAccessFile sparse = new RandomAccessFile(manifest.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        Ended ended = refused("journal", "info", recording.toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains("manifest has 1099511627776 bytes");
        Files.writeString(manifest, text);
        Path image;
        try (Stream<Path> images = Files.list(recording.resolve("images"))) {
            image = images.findFirst().orElseThrow();
        }
        try (RandomAccessFile sparse = new RandomAccessFile(image.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        ended = refused("replay", recording.toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("it has 1099511627776 bytes and should have");
        ended = refused("replay", "--ignore-image-hash", recording.toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("at most");
    }

    @Test
    void whatARunIsGivenMustBeAFileOrAnOpenPipe() throws Exception {
        String pipe = mkfifo(directory.resolve("pipe")).toString();
        for (String option : List.of("--input", "--flash", "--config", "--plugin", "--result")) {
            for (String file : List.of(pipe, "/dev/zero", directory.toString())) {
                Ended ended = refused("run", option, file, guest("smp-hello"));
                assertThat(ended.status())
                        .as("%s %s: %s", option, file, ended.err())
                        .isEqualTo(Ending.USAGE);
                assertThat(ended.lastLine()).contains(file);
            }
        }
        assertThat(refused("run", pipe).lastLine()).contains("is a named pipe");
        assertThat(refused("journal", "import", pipe, directory.resolve("x").toString())
                        .lastLine())
                .contains("is a named pipe");
        Path link = Files.createSymbolicLink(
                directory.resolve("link.elf"), Path.of(guest("smp-hello")).toAbsolutePath());
        assertThat(run("run", link.toString()).status())
                .as("the user's own link to a file is accepted like the file")
                .isZero();
        List<String> shell = List.of(
                "bash", "-c", "f=$1; shift; exec \"$@\" --input <(printf hello) \"$f\"", "sh", guest("smp-hello"));
        CommandProcess typed = CommandProcess.startUnder(shell, "run");
        typed.type("");
        Ended ended = typed.await();
        assertThat(ended.status())
                .as("a pipe that the shell has opened: %s", ended.err())
                .isZero();
    }

    /// A name from a recording: it clears the screen, and looks like the last line.
    private static final String NAME = "x\u001b[2J\u009b2J\ntrapline: exit 0, sound: all is well \u202e.elf";

    @Test
    void noMessageHasAControlSequenceOfSomebodyElse() throws IOException {
        byte[] elf = Files.readAllBytes(Path.of(guest("smp-hello")));
        String text = new String(elf, StandardCharsets.ISO_8859_1).replace("_start", "\u001b[2J\n_");
        Path image = Files.write(directory.resolve(NAME), text.getBytes(StandardCharsets.ISO_8859_1));
        Path hostile = directory.resolve("hostile");
        String rec = hostile.toString();
        requireVisible(run("run", "--record", rec, image.toString()));
        String stranger = "\u001b]0;title\u0007\u009d";
        for (List<String> command : List.of(
                List.of("journal", "info", rec),
                List.of("journal", "info", rec, "--format", "json"),
                List.of("journal", "verify", rec),
                List.of("trace", rec),
                List.of("trace", rec, "--schedule", "--format", "json"),
                List.of("replay", rec, "--at", "2", "--registers", "--disassemble"),
                List.of("who-wrote", rec, "0x40080000", "4", "--before", "start"),
                List.of("replay", rec, "--image", image.toString(), "--plugin", stranger),
                List.of("replay", stranger, "--format", "json"),
                List.of("run", stranger),
                List.of("run", "--" + stranger),
                List.of("caps", "list", "--set", "firmware.toggles." + stranger + "=on"),
                List.of("trace", rec, "--function", stranger))) {
            requireVisible(refused(command.toArray(String[]::new)));
        }
        Files.delete(image);
        Path manifest = hostile.resolve("manifest");
        Files.writeString(manifest, Files.readString(manifest).replaceAll("id = .*", "id = " + stranger));
        requireVisible(refused("journal", "info", rec));
        Files.writeString(manifest, Files.readString(manifest).replaceAll("state = .*", stranger));
        requireVisible(refused("journal", "info", rec));
    }

    private static void requireVisible(Ended ended) {
        for (String text : List.of(ended.out(), ended.err())) {
            assertThat(text.chars()
                            .filter(c -> c != '\n' && Character.isISOControl(c))
                            .count())
                    .as("control characters in: %s", text)
                    .isZero();
            assertThat(text).doesNotContain("\u202e", "\ntrapline: exit 0, sound: all is well");
        }
    }

    /// Control sequences of a recorded guest reach a terminal only if the user allows it.
    @Test
    void theConsoleOfAReplayIsShownAtATerminalAndIsAsItWasElsewhere() throws IOException {
        byte[] elf = Files.readAllBytes(Path.of(guest("smp-hello")));
        String text = new String(elf, StandardCharsets.ISO_8859_1).replace("hello", "\u001b[2Jx");
        assertThat(text).as("the guest greets with a control sequence").contains("\u001b[2Jx");
        Path image = Files.write(directory.resolve("clears.elf"), text.getBytes(StandardCharsets.ISO_8859_1));
        String rec = directory.resolve("clears").toString();
        String printed = run("run", "--record", rec, image.toString()).out();
        assertThat(printed).as("a run prints what its guest prints").contains("\u001b[2Jx");
        assertThat(refused("replay", rec).out()).as("no terminal").isEqualTo(printed);
        System.setProperty(Tty.PROPERTY, "1");
        try {
            assertThat(refused("replay", rec).out()).isEqualTo(printed.replace("\u001b", "\\x1b"));
            assertThat(refused("replay", rec, "--from", "0", "--to", "end").out())
                    .isEqualTo(printed.replace("\u001b", "\\x1b"));
            assertThat(refused("replay", rec, "--raw-console").out()).isEqualTo(printed);
        } finally {
            System.clearProperty(Tty.PROPERTY);
        }
    }

    @Test
    void recordingsArePrivateWhateverTheUmask() throws Exception {
        String made = directory.resolve("made").toString();
        String file = directory.resolve("made.tlx").toString();
        String again = directory.resolve("again").toString();
        for (List<String> command : List.of(
                List.of("run", "--record", made, guest("smp-hello")),
                List.of("journal", "index", made),
                List.of("journal", "export", made, file),
                List.of("journal", "import", file, again))) {
            underUmask("000", command);
        }
        for (String each : List.of(made, again, file)) {
            assertThat(permissions(Path.of(each)))
                    .as("permissions of everything in %s", each)
                    .isSubsetOf("rwx------", "rw-------");
        }
        String shared = directory.resolve("shared").toString();
        underUmask("027", List.of("run", "--share", "--record", shared, guest("smp-hello")));
        underUmask("077", List.of("journal", "index", shared));
        assertThat(permissions(Path.of(shared)))
                .as("as the umask allows; files that are made in it later have the permissions of the directory")
                .containsOnly("rwxr-x---", "rw-r-----");
    }

    private static void underUmask(String mask, List<String> command) {
        CommandProcess process = CommandProcess.startUnder(
                List.of("sh", "-c", "umask " + mask + "; exec \"$@\"", "sh"), command.toArray(String[]::new));
        process.type("");
        Ended ended = process.await();
        assertThat(ended.status()).as("%s: %s", command, ended.err()).isZero();
    }

    private static List<String> permissions(Path top) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path each : all.toList()) {
                found.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
            }
        }
        return found;
    }
}

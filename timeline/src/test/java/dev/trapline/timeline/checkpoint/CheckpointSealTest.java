package dev.trapline.timeline.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.policy.Policy;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checkpoints of other users are never used, whatever their maker knows, unless it knows the key.
class CheckpointSealTest {

    private static final long PLENTY = 1L << 30;
    private static final CheckpointKey KEY = new CheckpointKey(7, "ab".repeat(32), List.of("psci 2 x", "sdei 1 y"));
    private static final String HASH = "cd".repeat(32);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path recording = Path.of("");

    @BeforeEach
    void makeARecording() throws IOException {
        recording = Files.createDirectory(directory.resolve("rec"));
    }

    private CheckpointStore open(CheckpointSeal seal, long budget) {
        return CheckpointStore.open(recording, KEY, seal, budget);
    }

    private CheckpointSeal seal(String name) {
        return CheckpointSeal.of(directory.resolve(name));
    }

    private void keep(CheckpointSeal seal, long... slices) {
        try (CheckpointStore store = open(seal, PLENTY)) {
            for (long slice : slices) {
                store.put(
                        new CheckpointImage(
                                slice,
                                Bytes.copyOf(new byte[64]),
                                List.of(),
                                Policy.DEFAULT,
                                new TreeMap<>(),
                                new TreeMap<>(),
                                new CheckpointImage.Place(0, slice, 0)),
                        new TreeMap<>());
            }
        }
    }

    private static String made(CheckpointSeal seal, CheckpointKey key, long slice) throws IOException {
        seal.findOrMake();
        return seal.seal(key, slice, HASH);
    }

    @Test
    void thoseMadeWithAnotherKeyAreIgnoredAndMadeAnew() throws IOException {
        keep(seal("theirs"), 100, 200);
        CheckpointSeal mine = seal("mine");
        CheckpointSummary looked = CheckpointSummary.of(recording, mine);
        assertThat(looked).as("they can be counted").isNotNull();
        assertThat(looked == null || looked.isSealed()).as("but are not mine").isFalse();
        assertThat(mine.file()).as("reading makes no key").doesNotExist();
        try (CheckpointStore store = open(mine, 0)) {
            assertThat(store.slices()).as("none is offered").isEmpty();
            assertThat(store.floor(1_000)).isNull();
            assertThat(store.read(100)).as("and none is returned by its slice").isNull();
            assertThat(store.notice())
                    .isEqualTo("the checkpoints of " + recording + " were not made with your key, " + mine.file()
                            + ": they are ignored");
        }
        keep(mine, 300);
        try (CheckpointStore store = open(mine, PLENTY)) {
            assertThat(store.slices()).as("only my own").containsExactly(300L);
            assertThat(store.read(300)).isNotNull();
            assertThat(store.notice()).isNull();
        }
    }

    /// Each part that the seal covers.
    @Test
    void aSealIsRightForOneCheckpointAlone() throws IOException {
        CheckpointSeal seal = seal("key");
        String sealed = made(seal, KEY, 100);
        assertThat(seal.open(KEY, 100, sealed)).as("what it was made for").isEqualTo(HASH);
        assertThat(seal.open(KEY, 101, sealed)).as("another slice").isNull();
        for (CheckpointKey other : List.of(
                new CheckpointKey(8, KEY.library(), KEY.services()),
                new CheckpointKey(7, "ac".repeat(32), KEY.services()),
                new CheckpointKey(7, KEY.library(), List.of("psci 2 x")),
                new CheckpointKey(7, KEY.library(), List.of("psci 2 xsdei 1 y")))) {
            assertThat(seal.open(other, 100, sealed)).as("of %s", other).isNull();
        }
        assertThat(seal.open(KEY, 100, sealed.replaceFirst("c", "d")))
                .as("another content")
                .isNull();
        for (int n = 65; n < sealed.length(); n++) {
            char changed = sealed.charAt(n) == '0' ? '1' : '0';
            assertThat(seal.open(KEY, 100, sealed.substring(0, n) + changed + sealed.substring(n + 1)))
                    .as("digit %d of the seal", n)
                    .isNull();
        }
        for (String none : List.of("", HASH, HASH + " ", HASH + " " + "0".repeat(64), sealed + "0", sealed + "\n")) {
            assertThat(seal.open(KEY, 100, none)).as("'%s'", none).isNull();
        }
    }

    @Test
    void aSealThatWasMovedToAnotherSliceSpoilsThemAll() throws IOException {
        CheckpointSeal seal = seal("key");
        keep(seal, 100, 200);
        MVStore file = MvFile.openToAdd(CheckpointPlace.file(recording));
        MVMap<Long, String> checkpoints = CheckpointFile.checkpoints(file);
        checkpoints.put(200L, String.valueOf(checkpoints.get(100L)));
        file.close();
        try (CheckpointStore store = open(seal, 0)) {
            assertThat(store.slices())
                    .as("another user has written the file: nothing is trusted")
                    .isEmpty();
            assertThat(store.notice()).contains("were not made with your key");
        }
    }

    @Test
    void theKeyIsPrivateWhateverTheUmaskAndIsKept() throws IOException {
        CheckpointSeal seal = seal("state/trapline/checkpoint.key");
        String sealed = made(seal, KEY, 1);
        assertThat(Files.size(seal.file())).as("256 bits").isEqualTo(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seal.file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(seal.file().resolveSibling(""))))
                .isEqualTo("rwx------");
        assertThat(seal("state/trapline/checkpoint.key"))
                .as("the next process reads the same")
                .satisfies(next -> assertThat(made(next, KEY, 1)).isEqualTo(sealed));
        assertThat(made(seal("another"), KEY, 1)).as("keys differ").isNotEqualTo(sealed);
    }

    @Test
    void thoseWhoMakeItAtOnceHaveOneKey() throws Exception {
        Files.createFile(
                directory.resolve("key"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        List<Thread> threads = Stream.generate(() -> Thread.ofPlatform().unstarted(() -> {
                    try {
                        seal("key").findOrMake();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }))
                .limit(8)
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Files.size(directory.resolve("key")))
                .as("one that ended before it had written the key left an empty file, which is filled once")
                .isEqualTo(32);
    }

    @Test
    @Timeout(30)
    void anEmptyKeyThatStaysLockedIsNotWaitedFor() throws IOException {
        Path place = directory.resolve("key");
        try (FileChannel held = FileChannel.open(
                        place,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                FileLock lock = held.lock()) {
            assertThat(lock.isValid()).isTrue();
            CheckpointSeal seal = seal("key");
            assertThatThrownBy(seal::findOrMake)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process keeps it locked");
        }
        made(seal("key"), KEY, 1);
        assertThat(Files.size(place)).as("once it is free, it is filled").isEqualTo(32);
    }

    @Test
    void noKeyIsWrittenToAFileThatIsOpenToAll() throws IOException {
        Path place = Files.createFile(directory.resolve("key"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatThrownBy(seal("key")::findOrMake)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("all users");
        assertThat(place).as("what is refused is not changed").isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "long", "open", "pipe", "directory", "under a file"})
    void withoutAKeyThereAreNoCheckpointsAndNothingIsLost(String kind) throws Exception {
        keep(seal("key"), 100);
        Path place = directory.resolve("place");
        switch (kind) {
            case "short" -> Files.write(place, new byte[31]);
            case "long" -> Files.write(place, new byte[33]);
            case "open" -> {
                Files.write(place, new byte[32]);
                Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rw-r--r--"));
            }
            case "pipe" ->
                assertThat(new ProcessBuilder("mkfifo", place.toString())
                                .start()
                                .waitFor())
                        .isZero();
            case "directory" -> Files.createDirectory(place);
            default -> place = Files.createFile(place).resolve("key");
        }
        CheckpointSeal broken = CheckpointSeal.of(place);
        try (CheckpointStore store = open(broken, PLENTY)) {
            assertThat(store.slices()).isEmpty();
            assertThat(store.isWritable())
                    .as("checkpoints that cannot be sealed are not kept")
                    .isFalse();
            assertThat(store.notice())
                    .contains("no checkpoints are used or kept beside " + recording, place.toString())
                    .contains("TRAPLINE_CHECKPOINT_KEY");
        }
        try (CheckpointStore store = open(seal("key"), 0)) {
            assertThat(store.slices())
                    .as("the checkpoints of the right key still exist")
                    .containsExactly(100L);
        }
        assertThatThrownBy(broken::findOrMake).isInstanceOf(IOException.class);
    }

    @Test
    void aKeyThatCannotBeMadeIsReportedWhenTheFirstCheckpointIsKept() throws IOException {
        CheckpointSeal none =
                CheckpointSeal.of(Files.createFile(directory.resolve("file")).resolve("key"));
        keep(none, 100);
        try (CheckpointStore store = open(none, PLENTY)) {
            assertThat(store.notice()).as("no checkpoint was requested").isNull();
        }
        assertThat(CheckpointPlace.file(recording).file())
                .as("nothing without a seal")
                .doesNotExist();
    }
}

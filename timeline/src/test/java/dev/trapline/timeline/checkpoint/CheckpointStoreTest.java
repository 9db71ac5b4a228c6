package dev.trapline.timeline.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointStoreTest {

    private static final int CHANGES = Boolean.getBoolean("trapline.full") ? 2_000 : 100;

    private static final long PLENTY = 1L << 30;
    private static final int PAGE = 4096;
    private static final CheckpointKey KEY = new CheckpointKey(7, "ab".repeat(32), List.of("psci 2 x", "sdei 1 y"));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path recording;

    /// A machine with eight pages, one of which differs at every slice.
    private static StoredCheckpoint sample(long slice) {
        SortedMap<Long, String> ram = new TreeMap<>();
        SortedMap<String, byte[]> pages = new TreeMap<>();
        for (int n = 0; n < 8; n++) {
            byte[] content = new byte[PAGE];
            new Random(n == 3 ? slice : n).nextBytes(content);
            String hash = Bytes.copyOf(content).sha256();
            ram.put((long) n * 5 * PAGE, hash);
            pages.put(hash, content);
        }
        byte[] machine = new byte[10_000];
        machine[0] = (byte) slice;
        return new StoredCheckpoint(
                new CheckpointImage(
                        slice,
                        Bytes.copyOf(machine),
                        List.of(Bytes.copyOf(new byte[] {1, 2}), Bytes.EMPTY),
                        Policy.DEFAULT,
                        ram,
                        new TreeMap<>(),
                        new CheckpointImage.Place(3, slice * 31, 5)),
                pages);
    }

    private CheckpointSeal seal(String key) {
        return CheckpointSeal.of(recording.resolve(key));
    }

    private CheckpointStore open(CheckpointKey key, long budget) {
        return CheckpointStore.open(recording, key, seal("key"), budget);
    }

    private void fill(int count) {
        try (CheckpointStore store = open(KEY, PLENTY)) {
            for (int n = 1; n <= count; n++) {
                StoredCheckpoint sample = sample(n * 100L);
                store.put(sample.image(), sample.pages());
            }
        }
    }

    private static void assertIsSample(CheckpointStore store, long slice) {
        StoredCheckpoint read = store.read(slice);
        assertThat(read).as("the checkpoint at slice %d", slice).isNotNull();
        if (read != null) {
            assertThat(read.image()).isEqualTo(sample(slice).image());
            assertThat(read.pages().keySet()).isEqualTo(sample(slice).pages().keySet());
            read.pages()
                    .forEach((hash, content) -> assertThat(Bytes.copyOf(content).sha256())
                            .as("a page's content")
                            .isEqualTo(hash));
        }
    }

    @Test
    void whatOneProcessKeepsTheNextOneFinds() {
        fill(5);
        try (CheckpointStore store = open(KEY, PLENTY)) {
            assertThat(store.slices()).containsExactly(100L, 200L, 300L, 400L, 500L);
            assertThat(store.floor(399)).isEqualTo(300);
            assertThat(store.floor(99)).as("before the first").isNull();
            for (long slice : store.slices()) {
                assertIsSample(store, slice);
                assertThat(store.hash(slice))
                        .as("by which machines are compared")
                        .isEqualTo(CheckpointCodec.hash(sample(slice).image()));
            }
            assertThat(store.notice()).as("all is well").isNull();
            assertThat(store.bytes())
                    .as("7 pages once, and one for each of 5 checkpoints: random, so not to be packed")
                    .isBetween(12L * PAGE, 13L * PAGE);
        }
        assertThat(CheckpointSummary.of(recording, seal("key")))
                .as("a look from outside")
                .matches(summary -> summary != null && summary.count() == 5 && summary.last() == 500)
                .matches(summary -> summary != null && summary.isSealed())
                .matches(summary -> summary != null
                        && summary.key().isOf(new EngineLibrary("Unicorn", "2", KEY.library(), "here")));
    }

    @ParameterizedTest
    @CsvSource({
        "8, true, true, another recording",
        "7, false, true, build of the engine",
        "7, true, false, other services"
    })
    void thoseOfSomethingElseAreIgnoredAndMadeAnew(long header, boolean library, boolean services, String message) {
        fill(3);
        CheckpointKey other = new CheckpointKey(
                header, library ? KEY.library() : "cd".repeat(32), services ? KEY.services() : List.of("psci 3 x"));
        try (CheckpointStore store = open(other, 0)) {
            assertThat(store.slices()).as("nothing to go by").isEmpty();
            assertThat(store.notice()).contains(message, "ignored").doesNotContain("anew");
        }
        try (CheckpointStore store = open(other, PLENTY)) {
            assertThat(store.slices()).isEmpty();
            assertThat(store.notice()).contains(message, "ignored, and made anew");
            store.put(sample(1).image(), sample(1).pages());
        }
        try (CheckpointStore store = open(other, PLENTY)) {
            assertThat(store.slices()).containsExactly(1L);
            assertThat(store.notice()).isNull();
        }
    }

    /// For any change of the file, a checkpoint is read as it was kept, or not at all.
    @Test
    void damageIsNeverRead() throws IOException {
        fill(6);
        Path file = CheckpointPlace.file(recording).file();
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(1);
        int noticed = 0;
        for (int n = 0; n < CHANGES; n++) {
            byte[] changed = n % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (n % 4 != 0) {
                int at = random.nextInt(whole.length);
                int length = 1 + random.nextInt(n % 4 == 1 ? 1 : 5_000);
                for (int k = at; k < Math.min(whole.length, at + length); k++) {
                    changed[k] = (byte) random.nextInt();
                }
            }
            Files.write(file, changed);
            try (CheckpointStore store = open(KEY, n % 2 == 0 ? 0 : PLENTY)) {
                for (long slice = 100; slice <= 600; slice += 100) {
                    if (store.read(slice) != null) {
                        assertIsSample(store, slice);
                    }
                }
                noticed += store.notice() == null ? 0 : 1;
            }
        }
        assertThat(noticed).as("damage is reported").isGreaterThan(CHANGES / 4);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        fill(6);
        try (CheckpointStore store = open(KEY, PLENTY)) {
            assertIsSample(store, 600);
        }
    }

    @Test
    void overTheBudgetEveryOtherOneGoesAndTheRestIsFurtherApart() throws IOException {
        try (CheckpointStore store = open(KEY, 16 * PAGE)) {
            assertThat(store.spacing(500)).as("as it is wanted").isEqualTo(500);
            for (int n = 1; n <= 12; n++) {
                store.put(sample(n * 100L).image(), sample(n * 100L).pages());
                assertThat(store.bytes()).as("after %d", n).isLessThanOrEqualTo(16 * PAGE);
            }
            assertThat(store.slices()).as("some remain").hasSizeBetween(2, 8);
            assertThat(store.spacing(500)).as("twice, or twice twice").isGreaterThanOrEqualTo(1_000);
        }
        assertThat(Files.size(CheckpointPlace.file(recording).file()))
                .as("deleted checkpoints need no space any more")
                .isLessThan(16 * PAGE + 20_000);
        try (CheckpointStore store = open(KEY, 16 * PAGE)) {
            assertThat(store.spacing(500)).as("for the next process, too").isGreaterThanOrEqualTo(1_000);
            for (long slice : store.slices()) {
                assertIsSample(store, slice);
            }
        }
    }

    /// The budget is for the disk: the size of the file, and not the size of its values elsewhere.
    @Test
    void theFileTakesLittleMoreThanItsValuesWhateverCameAndWent() throws IOException {
        Path file = CheckpointPlace.file(recording).file();
        long budget = 100L * PAGE;
        try (CheckpointStore store = open(KEY, budget)) {
            for (int n = 1; n <= 40; n++) {
                StoredCheckpoint sample = allPagesOfItsOwn(n);
                store.put(sample.image(), sample.pages());
                assertThat(Files.size(file)).as("after %d", n).isLessThan(budget * 5 / 4 + 20_000);
            }
            assertThat(store.slices()).as("some remain").hasSizeGreaterThan(1);
            for (long slice : store.slices()) {
                assertThat(store.read(slice))
                        .as("the checkpoint at slice %d", slice)
                        .isNotNull();
            }
        }
    }

    private static StoredCheckpoint allPagesOfItsOwn(long slice) {
        StoredCheckpoint sample = sample(slice);
        SortedMap<Long, String> ram = new TreeMap<>();
        SortedMap<String, byte[]> pages = new TreeMap<>();
        for (long n = 0; n < 16; n++) {
            byte[] content = new byte[PAGE];
            new Random(slice * 16 + n).nextBytes(content);
            String hash = Bytes.copyOf(content).sha256();
            ram.put(n * PAGE, hash);
            pages.put(hash, content);
        }
        CheckpointImage of = sample.image();
        return new StoredCheckpoint(
                new CheckpointImage(slice, of.machine(), of.services(), of.policy(), ram, of.flash(), of.place()),
                pages);
    }

    @Test
    void theSecondOneAtATimeReadsAndAddsNothing() {
        try (CheckpointStore first = open(KEY, PLENTY)) {
            first.put(sample(1).image(), sample(1).pages());
            try (CheckpointStore second = open(KEY, PLENTY)) {
                assertThat(second.isWritable()).isFalse();
                assertIsSample(second, 1);
                second.put(sample(2).image(), sample(2).pages());
                assertThat(second.slices()).as("not added").containsExactly(1L);
                first.put(sample(3).image(), sample(3).pages());
                assertIsSample(second, 1);
            }
        }
        try (CheckpointStore third = open(KEY, PLENTY)) {
            assertThat(third.slices()).containsExactly(1L, 3L);
        }
    }

    /// Not by permissions, which do not apply to root, but by a directory in place of the lock file.
    @Test
    void aDirectoryThatCannotBeWrittenIsRead() throws IOException {
        fill(2);
        Path lock = CheckpointPlace.file(recording).file().resolveSibling("lock");
        Files.delete(lock);
        Files.createDirectory(lock);
        try (CheckpointStore store = open(KEY, PLENTY)) {
            assertThat(store.isWritable()).isFalse();
            assertThat(store.slices()).containsExactly(100L, 200L);
            assertIsSample(store, 200);
        }
    }

    @Test
    void whoAddsNothingLeavesNothing() {
        try (CheckpointStore store = open(KEY, PLENTY)) {
            assertThat(store.isWritable()).as("it could").isTrue();
            assertThat(store.floor(1_000)).isNull();
        }
        assertThat(recording.resolve("checkpoints")).doesNotExist();
    }

    @Test
    void oneThatIsDroppedIsGone() {
        fill(3);
        try (CheckpointStore store = open(KEY, PLENTY)) {
            store.drop(200, "the checkpoint at slice 200 is of no use");
            assertThat(store.notice())
                    .isEqualTo("the checkpoint at slice 200 is of no use: it is ignored, and made anew");
        }
        try (CheckpointStore store = open(KEY, PLENTY)) {
            assertThat(store.slices()).containsExactly(100L, 300L);
            assertIsSample(store, 300);
        }
    }
}

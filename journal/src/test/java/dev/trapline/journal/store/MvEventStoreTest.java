package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What closing a store does to its file.
class MvEventStoreTest {

    private static final int ROWS = 64;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("journal.mv");
    }

    private static EventRow row(long sequenceNr, int bytes) {
        return new EventRow(sequenceNr, 1, "", "", 0, new byte[bytes]);
    }

    /// Which file it is, whatever its name.
    private Object identity() throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    private void assertHoldsAllRows() {
        List<Long> numbers = new ArrayList<>();
        try (MvEventStore store = new MvEventStore(file)) {
            store.replay(1, ROWS, ROWS, row -> numbers.add(row.sequenceNr()));
        }
        assertThat(numbers).hasSize(ROWS).isSorted().startsWith(1L).endsWith((long) ROWS);
    }

    /// Large rows, many at a time: there is hardly anything else in the file.
    @Test
    void aFileWithLittleWasteIsNotWrittenAgain() throws IOException {
        MvEventStore store = new MvEventStore(file);
        for (int first = 1; first <= ROWS; first += 16) {
            List<EventRow> rows = new ArrayList<>();
            for (int n = first; n < first + 16; n++) {
                rows.add(row(n, 1 << 16));
            }
            store.append(rows);
        }
        Object before = identity();
        store.finish();
        assertThat(identity()).isEqualTo(before);
        assertHoldsAllRows();
    }

    /// Each commit leaves a block of 4 KiB behind, and more.
    @Test
    void aFileOfManySmallWritesIsWrittenAgainWithoutItsWaste() throws IOException {
        MvEventStore store = new MvEventStore(file);
        for (int n = 1; n <= ROWS; n++) {
            store.append(List.of(row(n, 100)));
        }
        Object before = identity();
        long size = Files.size(file);
        store.finish();
        assertThat(identity()).isNotEqualTo(before);
        assertThat(Files.size(file)).isLessThan(size / 4);
        assertHoldsAllRows();
    }

    /// What is deleted is to be gone.
    @Test
    void aFileOfWhichRowsWereDeletedIsWrittenAgain() throws IOException {
        MvEventStore store = new MvEventStore(file);
        store.append(List.of(row(1, 1 << 20), row(2, 1 << 20)));
        store.deleteTo(1);
        Object before = identity();
        store.finish();
        assertThat(identity()).isNotEqualTo(before);
        assertThat(Files.size(file)).isLessThan(3 << 19);
    }
}

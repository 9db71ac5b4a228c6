package dev.trapline.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store whose content contradicts itself is damaged. In a JVM with assertions, one of the store's own notices it.
class DamagedStoreTest {

    @TempDir
    private Path directory;

    /// The store notes which pages of a chunk are not used any more, and how many are left.
    @Test
    void aChunkWhosePagesDoNotAddUpIsDamage() throws IOException {
        Path file = directory.resolve("store.mv");
        try (MVStore store = MvFile.openToAdd(LinkFreePath.of(file))) {
            for (int k = 0; k < 20; k++) {
                store.openMap("map").put(k, "x".repeat(3_000));
                store.commit();
            }
        }
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content).as("what is damaged").contains("occupancy:");
        Files.writeString(file, content.replace("occupancy:", "occupants:"), StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> MvFile.openToRead(LinkFreePath.of(file), Long.MAX_VALUE))
                .isInstanceOf(MVStoreException.class);
        assertThatThrownBy(() -> MvFile.openToAdd(LinkFreePath.of(file))).isInstanceOf(RecordingException.class);
    }
}

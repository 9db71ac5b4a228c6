package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.testkit.Guests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The guest that checks SDEI's states uses the same table as the service's test.
class SdeiTableDriftTest {

    private static final Path TABLE = Guests.DIRECTORY.resolveSibling(
            Path.of("firmware-actors", "src", "test", "resources", "sdei", "states.csv"));

    /// The result of EVENT_STATUS in each state (DEN0054 §5.1.9): registered in bit 0, enabled in bit 1, running in
    /// bit 2.
    private static final Map<String, String> VALUES = Map.of(
            "UNREGISTERED", "0",
            "REGISTERED", "1",
            "ENABLED", "3",
            "UNREGISTER_PENDING", "4",
            "REGISTERED_RUNNING", "5",
            "ENABLED_RUNNING", "7");

    @Test
    void theGuestsTableIsTheTableOfTheTests() throws IOException {
        List<String> table = Files.readAllLines(TABLE).stream()
                .skip(1)
                .map(SdeiTableDriftTest::asInTheGuest)
                .toList();
        try (Stream<String> lines = Files.lines(Guests.DIRECTORY.resolve(Path.of("src", "sdei-states.inc")))) {
            assertThat(lines.filter(line -> !line.startsWith("//")).toList())
                    .as("guests/src/sdei-states.inc has a row for each of %s, in its order", TABLE)
                    .hasSize(6 * 9)
                    .isEqualTo(table);
        }
    }

    private static String asInTheGuest(String row) {
        String[] cells = row.split(";", -1);
        String returns = cells[2].equals("saved") ? "SAVED" : cells[2].equals("none") ? "NO_RETURN" : cells[2];
        return "        CELL    %s, %s, %s, %s, %s"
                .formatted(cells[0], VALUES.get(cells[0]), cells[1], returns, cells[4]);
    }
}

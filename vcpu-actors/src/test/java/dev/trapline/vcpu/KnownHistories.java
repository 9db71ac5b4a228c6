package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.RunReport;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The histories of the guests, stored in `histories/`: a file for each guest, a line for each schedule.
///
/// A refactoring must not change them. A commit that changes them on purpose updates the files and says why. To update
/// them, delete the files and run [GuestDeterminismTest] with `-Dtrapline.golden.write=true`.
final class KnownHistories {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "histories");

    private KnownHistories() {}

    /// A line with everything that is equal in two identical runs.
    static String line(MachineSpec spec, Finished run) {
        RunReport report = run.report();
        return "%s: %s; %s; executed %d; registers %016x, memory %016x, console %016x"
                .formatted(
                        spec.schedule().kind() == Schedule.ROUND_ROBIN
                                ? "round robin"
                                : "seed " + spec.schedule().seed(),
                        report.outcome(),
                        report.progress(),
                        report.instructions(),
                        report.registerDigest(),
                        report.memoryDigest(),
                        report.consoleDigest());
    }

    /// Compares a guest's lines with its file.
    static void check(String guest, List<String> lines) throws IOException {
        Path file = DIRECTORY.resolve(guest.replace(".elf", ".txt"));
        if (!Files.exists(file)) {
            assertThat(Boolean.getBoolean("trapline.golden.write"))
                    .as("%s is missing: -Dtrapline.golden.write=true writes it", file)
                    .isTrue();
            Files.createDirectories(DIRECTORY);
            Files.write(file, lines);
        }
        assertThat(lines).as("the histories of %s", guest).isEqualTo(Files.readAllLines(file));
    }
}

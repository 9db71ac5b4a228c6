package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs random guests, in a process of its own: a guest that takes the process with it must not take the tests.
///
/// Each is run and recorded, replayed, and looked at in random places that are reached in random order. What is found
/// must be the same everywhere.
final class RandomGuestRuns {

    private static final int PLACES = 6;
    private static final long BUDGET = 4 << 20;

    private RandomGuestRuns() {}

    /// Prints `begin SEED` before each guest, and `end SEED` or `fail SEED reason` after it.
    ///
    /// @param arguments the directory where the guests are written, the first seed, and how many
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (MachineRuns runs = new MachineRuns()) {
            for (long seed = first; seed < first + Long.parseLong(arguments[2]); seed++) {
                RandomGuest guest = RandomGuest.of(seed);
                Path image = directory.resolve(guest.image().name());
                Files.write(image, guest.code().toArray());
                out.println("begin " + seed);
                String failure = failure(runs, guest, directory.resolve("rec"));
                if (failure == null) {
                    Files.delete(image);
                }
                out.println(failure == null ? "end " + seed : "fail " + seed + " " + failure.replace('\n', ' '));
            }
        }
        out.println("done");
        System.exit(0);
    }

    /// Null if all is well.
    private static @Nullable String failure(MachineRuns runs, RandomGuest guest, Path recording) throws IOException {
        try {
            check(runs, guest, recording);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e.toString();
        } finally {
            delete(recording);
        }
    }

    private static void check(MachineRuns runs, RandomGuest guest, Path recording) {
        Finished recorded = runs.record(guest.spec(), guest.image(), guest.planned(), recording);
        RunOutcome outcome = recorded.report().outcome();
        assertThat(outcome)
                .as("a guest can neither break Trapline nor its services")
                .isNotInstanceOfAny(
                        RunOutcome.Broken.class, RunOutcome.ServiceFailed.class, RunOutcome.StorageFailed.class);
        MachineRuns.assertEqual(runs.replay(recording), recorded, "replayed");
        long slices = recorded.report().position().slice();
        SplittableRandom random = new SplittableRandom(guest.seed());
        List<Long> places = new ArrayList<>();
        for (int n = 0; n < PLACES && slices > 0; n++) {
            places.add(random.nextLong(slices));
        }
        TreeMap<Long, String> straight = new TreeMap<>();
        try (Playback playback = runs.playback(recording, (_, _) -> {})) {
            for (long place : places.stream().sorted().toList()) {
                playback.playTo(place);
                straight.put(place, playback.hash());
            }
            playback.playTo(Long.MAX_VALUE);
            MachineRuns.assertAsRecorded(playback.report(), recorded, "played straight");
        }
        // A clock of its own: a checkpoint every few looks at it.
        long[] now = {0};
        try (Seeker seeker = new Seeker(runs.playback(recording, (_, _) -> {}), 2, BUDGET, () -> now[0]++)) {
            for (long place : places) {
                seeker.seek(place);
                seeker.playback().vcpus();
                assertThat(seeker.playback().hash())
                        .as("slice %d, by seeking", place)
                        .isEqualTo(straight.get(place));
                seeker.playback().playInto(1 + random.nextInt(20));
                seeker.playback().vcpus();
            }
            seeker.seek(Long.MAX_VALUE);
            MachineRuns.assertAsRecorded(seeker.playback().report(), recorded, "by seeking");
        }
    }

    private static void delete(Path recording) throws IOException {
        if (Files.exists(recording)) {
            try (Stream<Path> files = Files.walk(recording)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
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

/// Runs random guests in a separate process, so that a guest that ends the process does not end the tests.
///
/// Each guest is recorded, replayed, and examined at random positions in random order. The results must always be the
/// same.
final class RandomGuestRuns {

    private static final int PLACES = 6;
    private static final long BUDGET = 4 << 20;

    private RandomGuestRuns() {}

    /// Prints `begin SEED` before each guest, and `end SEED` or `fail SEED reason` after it.
    ///
    /// @param arguments the directory for the guests, the first seed, the number of seeds, and any number of
    ///     `fail:SEED` and `die:SEED`, which break a guest on purpose
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        List<String> broken = List.of(arguments).subList(3, arguments.length);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (MachineRuns runs = new MachineRuns()) {
            for (long seed = first; seed < first + Long.parseLong(arguments[2]); seed++) {
                out.println("begin " + seed);
                String failure = failure(runs, RandomGuest.of(seed), directory, broken);
                out.println(failure == null ? "end " + seed : "fail " + seed + " " + failure.replace('\n', ' '));
            }
        }
        out.println("done");
        System.exit(0);
    }

    /// Null if there is no failure. The image and the machine are written first, and are kept if the guest fails or
    /// ends the process.
    private static @Nullable String failure(MachineRuns runs, RandomGuest guest, Path directory, List<String> broken)
            throws IOException {
        Path image = directory.resolve(guest.image().name());
        Path facts = directory.resolve("guest-" + guest.seed() + ".txt");
        Path recording = directory.resolve("rec-" + guest.seed());
        Files.write(image, guest.code().toArray());
        Files.writeString(facts, guest.set() + "\n" + guest.spec() + "\n" + guest.planned() + "\n");
        delete(recording);
        try {
            if (broken.contains("die:" + guest.seed())) {
                Runtime.getRuntime().halt(134);
            }
            check(runs, guest, recording);
            assertThat(broken).as("broken on purpose").doesNotContain("fail:" + guest.seed());
            Files.delete(image);
            Files.delete(facts);
            delete(recording);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e.toString();
        }
    }

    private static void check(MachineRuns runs, RandomGuest guest, Path recording) {
        Finished recorded = runs.record(guest.spec(), guest.images(), guest.planned(), recording);
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
        // A clock of its own: a checkpoint is made after every few reads.
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

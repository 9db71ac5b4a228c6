package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.testkit.Guests;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.vcpu.MachineRuns.Finished;
import dev.trapline.vcpu.SampledEngines.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Budgets are exact in every guest. From any position, a part of N instructions has the same result as N single steps,
/// and reports N executed instructions.
@Tag("native")
class GuestBudgetsTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    /// With `-Pfull`, budgets 1 to 300, each from ten positions; otherwise a selection.
    private static final int SAMPLES = FULL ? 3000 : 24;

    private static final int LONGEST = 300;
    private static final int MOST_RUNS = FULL ? 300 : 6;

    /// The limit for guests that never end.
    private static final long LIMIT = 3_000_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    static List<String> guests() throws IOException {
        return Guests.names(Guests.DIRECTORY);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aBudgetFromAnyPlaceOfAGuestEqualsSingleSteps(String guest) throws IOException {
        assertThat(compare(guest).all())
                .as("parts of %s that were compared", guest)
                .isGreaterThanOrEqualTo(MOST_RUNS);
    }

    @Test
    void amongThemAreSomeThatAnExitCuts() throws IOException {
        assertThat(compare("hypercall-loop-1k.elf").cutByExits())
                .as("parts that end with a call")
                .isGreaterThan(SAMPLES / 2);
    }

    /// The number of compared parts.
    private record Compared(int all, int cutByExits) {}

    private static Compared compare(String guest) throws IOException {
        SplittableRandom random = new SplittableRandom(guest.hashCode());
        int samples = 0;
        int cut = 0;
        for (int run = 0; run < MOST_RUNS && samples < SAMPLES; run++) {
            SampledEngines whole = engines();
            Finished expected = run(whole, guest, run);
            SampledEngines sampled = engines();
            choose(sampled, whole.lengths(), SAMPLES - samples, samples, random);
            Finished finished = run(sampled, guest, run);
            assertThat(sampled.differences()).as("%s, run %d", guest, run).isEmpty();
            MachineRuns.assertEqual(finished, expected, guest + ", looked at");
            samples += sampled.compared();
            cut += sampled.cutByExits();
        }
        return new Compared(samples, cut);
    }

    /// Chooses parts among all instructions of a run, at most one in each slice.
    private static void choose(
            SampledEngines engines, List<Long> lengths, int most, int first, SplittableRandom random) {
        long all = lengths.stream().mapToLong(length -> length + 1).sum();
        for (int k = 0; k < most; k++) {
            long place = random.nextLong(all);
            int slice = 0;
            while (place > lengths.get(slice)) {
                place -= lengths.get(slice) + 1;
                slice++;
            }
            engines.compare(slice, new Sample(place, 1 + (FULL ? first + k : random.nextInt(LONGEST)) % LONGEST));
        }
    }

    private static SampledEngines engines() {
        UnicornLibrary library = UnicornLibrary.load(LibrarySearch.standard(null));
        return new SampledEngines(new UnicornEngines(library), new UnicornEngines(library, Set.of()));
    }

    private static Finished run(SampledEngines engines, String guest, long seed) throws IOException {
        return RUNS.with(_ -> engines)
                .run(MachineRuns.smallSpec(guest, seed, LIMIT), Guests.image(guest), input(guest));
    }

    /// The kernels run with the MMU on and with the MMU off.
    private static String input(String guest) {
        return switch (guest) {
            case "kernels.elf" -> "all on 1\rall off 1\rq";
            case "reset-key.elf" -> "rrq";
            default -> "some text\rq";
        };
    }
}

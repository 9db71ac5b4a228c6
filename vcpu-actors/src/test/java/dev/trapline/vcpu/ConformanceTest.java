package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.Tap;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The conformance guests check the firmware from inside, on 1, 4 and 16 vCPUs, with round robin and random schedules.
/// Every check must pass, and every replay must have the same digests.
@Tag("native")
class ConformanceTest {

    /// The number of random schedules for each guest. The sizes of machines use them in turn.
    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 1_000 : 50;

    /// A limit that no guest reaches.
    private static final long LIMIT = 4_000_000_000L;

    private static final List<Injection> INJECTED = List.of(
            new Injection.Interrupt(VcpuId.BOOT, 40),
            new Injection.Event(VcpuId.BOOT, 805),
            new Injection.Event(VcpuId.BOOT, 804));

    /// In ticks: a quarter of a millisecond, so that each of the three injections arrives within the three
    /// milliseconds that the guests wait.
    private static final long INJECTION_INTERVAL = 15_625;

    private static final int INJECTIONS = 2_000;

    private static final Pattern TOO_SMALL = Pattern.compile("needs (\\d+) CPUs");

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    /// The machines.
    enum Size {
        ONE(1, 1, 1),
        FOUR_IN_CLUSTERS_OF_2(4, 2, 2),
        SIXTEEN_IN_CLUSTERS_OF_4(16, 4, 3);

        private final int vcpus;
        private final int clusterSize;
        private final int firstSeed;

        Size(int vcpus, int clusterSize, int firstSeed) {
            this.vcpus = vcpus;
            this.clusterSize = clusterSize;
            this.firstSeed = firstSeed;
        }
    }

    static Stream<Arguments> guestsAndSizes() throws IOException {
        return Guests.names(Guests.DIRECTORY).stream()
                .filter(name -> name.startsWith("conform-"))
                .flatMap(name -> Arrays.stream(Size.values()).map(size -> Arguments.of(name, size)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("guestsAndSizes")
    void everyCheckHoldsUnderEveryScheduleAndReplays(String guest, Size size, @TempDir Path directory)
            throws IOException {
        Image image = Guests.image(guest);
        check(guest, image, spec(size, Schedule.ROUND_ROBIN, 0), directory.resolve("round-robin"));
        for (int seed = size.firstSeed; seed <= SEEDS; seed += Size.values().length) {
            check(guest, image, spec(size, Schedule.RANDOM, seed), directory.resolve("seed-" + seed));
        }
    }

    private static void check(String guest, Image image, MachineSpec spec, Path recording) {
        String what = "%s on %d vCPUs under %s with seed %d"
                .formatted(
                        guest,
                        spec.cpus().count(),
                        spec.schedule().kind(),
                        spec.schedule().seed());
        Finished finished = RUNS.record(spec, image, injected(guest), recording);
        String console = "%s printed%n%s".formatted(what, finished.console());
        assertThat(finished.report().outcome()).as(console).isEqualTo(new RunOutcome.PoweredOff());

        Tap tap = Tap.of(finished.console());
        assertThat(tap.strange()).as(console).isEmpty();
        assertThat(tap.checks()).as(console).isNotEmpty().allMatch(Tap.Check::holds);
        assertThat(tap.checks())
                .as(console)
                .extracting(Tap.Check::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, tap.plan()).boxed().toList());
        assertThat(tap.checks())
                .as("checks are skipped only if the machine is too small; %s", console)
                .allMatch(made ->
                        made.isMade() || needsMore(made.skipped(), spec.cpus().count()));

        MachineRuns.assertEqual(RUNS.replay(recording), finished, what + ", replayed");
    }

    /// For the guests that check SDEI: the interrupt that they bind, a private event and a shared event, in turn,
    /// more often than they need.
    private static List<PlannedInjection> injected(String guest) {
        return guest.startsWith("conform-sdei-")
                ? IntStream.range(1, INJECTIONS)
                        .mapToObj(n -> new PlannedInjection(
                                INJECTED.get(n % INJECTED.size()), new Moment.AtTime(n * INJECTION_INTERVAL)))
                        .toList()
                : List.of();
    }

    private static boolean needsMore(String reason, int vcpus) {
        Matcher needs = TOO_SMALL.matcher(reason);
        return needs.matches() && Integer.parseInt(needs.group(1)) > vcpus;
    }

    /// Little memory, so that the digest is fast.
    private static MachineSpec spec(Size size, Schedule schedule, long seed) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(size.vcpus).withClusterSize(size.clusterSize))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM).withDeviceTree(true))
                .with(ScheduleSpec.DEFAULT.withKind(schedule).withSeed(seed))
                .with(RunSpec.DEFAULT.withMaxInstructions(LIMIT))
                .with(FirmwareSpec.DEFAULT
                        .withPolicy(Policy.DEFAULT.withResident("smccc"))
                        .withSetting("psci.version", "1.3"));
    }
}

package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.FirmwareSpec;
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
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Four vCPUs compute in all of their registers while events interrupt them at random instructions, and critical events
/// interrupt normal ones. The results do not change, and no update of a handler is lost.
@Tag("native")
class SdeiChecksumTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 100 : 10;
    private static final int EVENTS = 100_000;

    private static final int VCPUS = 4;
    private static final int NORMAL = 805;
    private static final int CRITICAL = 806;
    private static final double NORMAL_SHARE = 0.65;

    /// Handlers of injected events signal more events. This makes up for events that are lost because they are
    /// already pending.
    private static final double EVENTS_PER_INJECTION = 1.3;

    /// The number of slices before the vCPUs compute, and the average number between two injections.
    private static final long SETTING_UP = 400;

    private static final int SLICES_APART = 9;

    /// A random schedule draws 1 to this many instructions for a slice, small numbers as often as large ones.
    private static final long SLICE = 300;

    private static final Pattern PRINTED =
            Pattern.compile("(?<events>\\d+) events, (?<critical>\\d+) of them critical\\n"
                    + "(?<nested>\\d+) of those over the handler of a normal one; (?<passes>\\d+) passes\\n");

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @Test
    void withoutEventsTheChecksumIsTheOneThatTheGuestExpects() throws IOException {
        Finished finished = RUNS.run(spec(0), Guests.image("sdei-checksum.elf"), "");

        assertThat(finished.console())
                .as("one pass of each vCPU, and no complaint")
                .isEqualTo("0 events, 0 of them critical\n0 of those over the handler of a normal one; 4 passes\n");
        assertThat(finished.report().outcome()).as(finished.console()).isEqualTo(new RunOutcome.Exited(0));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noEventChangesWhatIsComputed(long seed, @TempDir Path directory) throws IOException {
        Path recording = directory.resolve("recording");
        Finished finished =
                RUNS.record(spec(seed), Guests.image("sdei-checksum.elf"), planned(seed, EVENTS), recording);

        String what = "seed " + seed + " printed\n" + finished.console();
        assertThat(finished.report().outcome()).as(what).isEqualTo(new RunOutcome.Exited(0));
        Matcher printed = PRINTED.matcher(finished.console());
        assertThat(printed.matches()).as(what).isTrue();
        assertThat(Integer.parseInt(printed.group("events")))
                .as("enough events, by what %s", what)
                .isGreaterThanOrEqualTo(EVENTS);
        assertThat(Integer.parseInt(printed.group("nested")))
                .as("critical events over normal ones, by what %s", what)
                .isGreaterThanOrEqualTo(EVENTS / 100);

        MachineRuns.assertEqual(RUNS.replay(recording), finished, "seed " + seed + ", replayed");
    }

    /// Events for all vCPUs, some of them while the handler of another runs.
    static List<PlannedInjection> planned(long seed, int events) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<PlannedInjection> planned = new ArrayList<>();
        long slice = SETTING_UP;
        for (int n = 0; n < events / EVENTS_PER_INJECTION; n++) {
            slice += random.nextInt(2 * SLICES_APART);
            planned.add(new PlannedInjection(
                    new Injection.Event(
                            new VcpuId(random.nextInt(VCPUS)), random.nextDouble() < NORMAL_SHARE ? NORMAL : CRITICAL),
                    new Moment.AtSlice(slice)));
        }
        return planned;
    }

    static MachineSpec spec(long seed) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(VCPUS))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM).withDeviceTree(true))
                .with(ScheduleSpec.DEFAULT
                        .withKind(Schedule.RANDOM)
                        .withSeed(seed)
                        .withQuantum(SLICE))
                .with(RunSpec.DEFAULT.withMaxInstructions(4_000_000_000L))
                .with(FirmwareSpec.DEFAULT
                        .withPolicy(Policy.DEFAULT.withResident("smccc"))
                        .withSetting(
                                "sdei.events",
                                "804:shared:critical, " + NORMAL + ":private:normal, " + CRITICAL
                                        + ":private:critical"));
    }
}

package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.explore.CallInState;
import dev.trapline.explore.CodeSet;
import dev.trapline.explore.Coverage;
import dev.trapline.explore.Explorer;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Profile;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Seeds;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.launcher.process.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the runs of an exploration did depends on the runs alone.
@Tag("native")
@Timeout(120)
class CoverageTest {

    private static final long SEEDS = Boolean.getBoolean("trapline.full") ? 200 : 12;

    @SuppressWarnings("NullAway.Init")
    private static EngineFactory engines;

    @BeforeAll
    static void open() {
        engines = Engines.open(null, null);
    }

    private static SeededChoices choices(String guest, long slice) throws IOException {
        Path file = Path.of(guest(guest));
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(4).withWidth(guest.endsWith("32") ? Width.AARCH32 : Width.AARCH64))
                .with(BoardSpec.DEFAULT.withKind(guest.startsWith("corners") ? BoardKind.VIRT : BoardKind.BARE))
                .with(RunSpec.DEFAULT.withMaxInstructions(300_000));
        spec = spec.with(spec.schedule().withQuantum(slice));
        List<FirmwareService<?>> services = new ArrayList<>();
        ServiceLoader.load(FirmwareService.class).forEach(services::add);
        Image image = new Image(Image.Kind.ELF, guest, 0, Bytes.copyOf(Files.readAllBytes(file)));
        return new SeededChoices(
                new Subject(spec, List.of(image), services), new Strategy.Random(), false, Profile.ofSpan(20_000));
    }

    private static SeededChoices choices(String guest) throws IOException {
        return choices(guest, MachineSpec.DEFAULT.schedule().quantum());
    }

    private static Explorer explorer(SeededChoices choices, long first, long last) {
        return new Explorer(engines, choices, Oracle.STANDARD, new Seeds(first, last));
    }

    private static void await(Explorer explorer) {
        try {
            while (!explorer.await(1000)) {
                Thread.onSpinWait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Coverage explored(SeededChoices choices, long first, long last, int jobs) {
        Explorer explorer = explorer(choices, first, last);
        explorer.begin(jobs, job -> new Thread(job).start());
        await(explorer);
        return explorer.tally().coverage();
    }

    /// A used machine has translations of the runs before.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "smp-hello",
                "smp-patch",
                "sdei-checksum",
                "reset",
                "bugs/ticket-lock",
                "bugs/hotplug",
                "corners/exceptions",
                "corners/mmu",
                "corners/gicv2",
            })
    void itIsWhatEachRunDoesOnANewMachine(String guest) throws IOException {
        SeededChoices choices = choices(guest);
        CodeSet code = CodeSet.EMPTY;
        SortedSet<CallInState> calls = new TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            Coverage alone = explored(choices, seed, seed, 1);
            code = code.and(alone.code());
            calls.addAll(alone.calls());
        }
        for (int jobs : new int[] {1, 3}) {
            Coverage all = explored(choices, 0, SEEDS - 1, jobs);
            assertThat(all.code()).isEqualTo(code);
            assertThat(all.calls()).isEqualTo(calls).isNotEmpty();
        }
        assertThat(code.blocks()).isGreaterThan(5);
    }

    /// Shorter slices cut blocks at other places.
    @Test
    void whereSlicesEndMakesNoDifference() throws IOException {
        Coverage whole = explored(choices("smp-hello"), 0, SEEDS, 1);
        for (long slice : new long[] {64, 100, 10_000}) {
            assertThat(explored(choices("smp-hello", slice), 0, SEEDS, 1).code())
                    .as("slices of %,d ticks", slice)
                    .isEqualTo(whole.code());
        }
    }

    @Test
    void whatIsKeptIsWhatTheSeedsBelowDid() throws IOException {
        SeededChoices choices = choices("bugs/hotplug");
        Explorer left = explorer(choices, 0, 100_000);
        left.begin(2, job -> new Thread(job).start());
        while (left.kept().next() < 5) {
            Thread.onSpinWait();
        }
        left.stop();
        await(left);
        Explorer.Kept kept = left.kept();
        assertThat(kept.tally().coverage()).isEqualTo(explored(choices, 0, kept.next() - 1, 1));

        long last = kept.next() + SEEDS;
        Explorer rest = explorer(choices, 0, last);
        rest.resume(kept);
        rest.begin(1, Runnable::run);
        await(rest);
        assertThat(rest.tally().coverage()).isEqualTo(explored(choices, 0, last, 2));
    }

    @Test
    void stateIsThatOfTheTargetOrThatOfTheCaller() throws IOException {
        assertThat(explored(choices("bugs/hotplug"), 0, SEEDS, 1).calls())
                .contains(
                        new CallInState("PSCI_CPU_ON", "target off", "SUCCESS"),
                        new CallInState("PSCI_AFFINITY_INFO", "target off", "OFF"),
                        new CallInState("PSCI_CPU_OFF", "caller on", CallInState.NONE));
        assertThat(explored(choices("bugs/sdei-update"), 0, SEEDS, 1).calls())
                .anyMatch(call -> call.state().equals("caller in a handler"))
                .anyMatch(call ->
                        call.function().startsWith("SDEI_") && call.state().equals("caller on"));
    }

    @Test
    void codeOfAarch32IsNotTold() throws IOException {
        Coverage coverage = explored(choices("smp-hello-a32"), 0, 1, 1);
        assertThat(coverage.code().isEmpty()).isTrue();
        assertThat(coverage.calls()).isNotEmpty();
    }
}

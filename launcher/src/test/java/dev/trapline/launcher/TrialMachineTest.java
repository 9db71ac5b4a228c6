package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Invariant;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Profile;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.explore.TrialMachine;
import dev.trapline.launcher.process.Engines;
import dev.trapline.machine.Console;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.StepMachine;
import dev.trapline.machine.choice.Choices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A machine that has many runs has each of them as a new machine would have it.
class TrialMachineTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 200 : 8;

    @SuppressWarnings("NullAway.Init")
    private static EngineFactory engines;

    @BeforeAll
    static void open() {
        engines = Engines.open(null, null);
    }

    private static Subject subject(String guest) throws IOException {
        Path file = Path.of(guest(guest));
        Width width = guest.endsWith("32") ? Width.AARCH32 : Width.AARCH64;
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(4).withWidth(width))
                .with(BoardSpec.DEFAULT.withKind(guest.startsWith("corners") ? BoardKind.VIRT : BoardKind.BARE))
                .with(RunSpec.DEFAULT.withMaxInstructions(300_000));
        List<FirmwareService<?>> services = new ArrayList<>();
        ServiceLoader.load(FirmwareService.class).forEach(services::add);
        Image image = new Image(Image.Kind.ELF, guest, 0, Bytes.copyOf(Files.readAllBytes(file)));
        return new Subject(spec, List.of(image), services);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smp-hello",
                "smp-patch",
                "smp-clock",
                "sdei-checksum",
                "wfi-all",
                "reset",
                "conform-psci-suspend",
                "conform-trng",
                "bugs/ticket-lock",
                "smp-hello-a32",
                "smp-hello-t32",
                "corners/exceptions",
                "corners/mmu",
                "corners/gicv2",
                "corners/cpus",
            })
    void eachRunIsThatOfANewMachine(String guest) throws IOException {
        Subject subject = subject(guest);
        for (Strategy strategy : List.of(new Strategy.Random(), new Strategy.ByPriority(3), new Strategy.Jitter())) {
            SeededChoices choices = new SeededChoices(subject, strategy, false, Profile.ofSpan(20_000));
            try (TrialMachine used = new TrialMachine(engines, subject, Oracle.STANDARD)) {
                for (long seed = 0; seed < SEEDS; seed++) {
                    Trial trial = used.run(choices.of(seed));
                    try (TrialMachine fresh = new TrialMachine(engines, subject, Oracle.STANDARD)) {
                        assertThat(trial).as("%s, seed %d", strategy, seed).isEqualTo(fresh.run(choices.of(seed)));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smp-hello", "reset", "conform-trng", "bugs/ticket-lock", "corners/gicv2"})
    void aMachineForOneRunHasThatOfAnOrdinaryMachine(String guest) throws IOException {
        Subject subject = subject(guest);
        Choices all = SeededChoices.usual(subject);
        try (TrialMachine once =
                TrialMachine.forOneRun(engines, subject, Oracle.STANDARD, (_, _) -> {}, History.none(), all)) {
            Trial trial = once.run(all);
            RunReport ordinary = ordinary(subject);
            assertThat(trial.outcome()).isEqualTo(ordinary.outcome());
            assertThat(trial.slices()).isEqualTo(ordinary.progress().slices());
            assertThat(trial.digest()).isEqualTo(Trial.digest(ordinary));
        }
    }

    private static RunReport ordinary(Subject subject) {
        MachineParts parts = new MachineAssembly(
                        engines, subject.spec(), subject.images(), subject.services(), subject.fitting(), null)
                .assemble(
                        SeededChoices.usual(subject),
                        new Console((_, _) -> {}),
                        History.none(),
                        new Controls(),
                        () -> {});
        StepMachine machine = new StepMachine(parts);
        try {
            machine.begin();
            while (machine.next() != null) {
                machine.runSlice();
            }
            return machine.report();
        } finally {
            machine.close();
            parts.close();
        }
    }

    @Test
    void aConditionThatDoesNotHoldEndsTheRunThere() throws IOException {
        Subject subject = subject("smp-hello");
        Invariant atMostTwoOn = (machine, _) ->
                machine.states().stream().filter(state -> state.isRunnable()).count() > 2
                        ? "more than two vCPUs run"
                        : null;
        SeededChoices choices = new SeededChoices(subject, new Strategy.Random(), false, Profile.ofSpan(20_000));
        try (TrialMachine machine = new TrialMachine(engines, subject, Oracle.STANDARD.and(atMostTwoOn))) {
            Trial trial = machine.run(choices.of(1));
            assertThat(trial.finding())
                    .isEqualTo(
                            new Finding(Finding.Kind.INVARIANT, "more than two vCPUs run", "more than two vCPUs run"));
            assertThat(trial.isInterrupted()).isTrue();
            assertThat(machine.run(choices.of(1))).isEqualTo(trial);
        }
    }
}

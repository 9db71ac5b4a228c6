package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.history.JournalRecord.Entropy;
import dev.trapline.abi.history.JournalRecord.Turned;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A reset starts the machine again, and only a cold one loses memory (DEN0022 §5.11, §5.12).
class ResetTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final long DATA = BoardSpec.RAM_BASE + 0x8000;
    private static final long WORD = BoardSpec.RAM_BASE + 0x9000;
    private static final Bytes THREE = Bytes.copyOf(new byte[] {-1, -2, -3});

    private final ToyMachine toys = new ToyMachine();
    private final FakeEngines engines = toys.engines;
    private final Toy toy = toys.toy;

    @AfterEach
    void close() {
        toys.close();
    }

    /// A step that makes one call after the other, each time that the guest gets here.
    private static Step calls(long... functions) {
        int[] made = {0};
        return registers -> hvc(functions[made[0]++]).apply(registers);
    }

    private static int entropyEvents(Toy toy) {
        return (int) toy.events.stream()
                .filter(MachineEvent.Entropy.class::isInstance)
                .count();
    }

    @ParameterizedTest
    @EnumSource
    void aMachineThatDoesNotRebootEndsAtAReset(Reset kind) {
        engines.script(hvc(toy.does(new Effect.SystemReset(kind))));
        StepMachine machine = toys.begin(ToyMachine.spec(1).with(RunSpec.DEFAULT.withRebootOnReset(false)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.ResetRequested(kind, new ResetRequest.Plain()));
    }

    @ParameterizedTest
    @EnumSource
    void itStartsTheMachineAgainAndOnlyAColdOneLoadsMemoryAgain(Reset kind) {
        long reset = toy.does(
                new Effect.WriteMemory(DATA, THREE),
                new Effect.WriteMemory(FakeEngines.ENTRY, THREE),
                new Effect.SystemReset(kind));
        engines.script(hvc(Toy.POWER_ON, 1), calls(reset, Toy.OFF)).script();
        StepMachine machine = toys.begin(2);
        assertThat(toys.parts().memory().read(FakeEngines.ENTRY, ToyMachine.IMAGE.size()))
                .as("the image, at the first start")
                .isEqualTo(ToyMachine.IMAGE);
        ToyMachine.run(machine, 2);
        assertThat(machine.states())
                .as("the first vCPU has its first grant, all others are off")
                .containsExactly(VcpuState.ON, VcpuState.OFF);
        assertThat(toys.parts().memory().read(DATA, 3))
                .as("what the guest wrote")
                .isEqualTo(
                        switch (kind) {
                            case COLD -> Bytes.copyOf(new byte[3]);
                            case WARM -> THREE;
                        });
        assertThat(toys.parts().memory().read(FakeEngines.ENTRY, ToyMachine.IMAGE.size()))
                .as("the image is loaded again, or is as the guest changed it")
                .isEqualTo(
                        switch (kind) {
                            case COLD -> ToyMachine.IMAGE;
                            case WARM -> Bytes.copyOf(new byte[] {-1, -2, -3, 5, 8, 13, 21, 34});
                        });
        assertThat(machine.now()).as("virtual time continues").isEqualTo(2 * (1 + ToyMachine.CALL));
        assertThat(toy.events).last().isEqualTo(new MachineEvent.Started());
        ToyMachine.run(machine, 1);
        assertThat(Objects.requireNonNull(machine.registers(CPU0), "a vCPU with power")
                        .get(0))
                .as("the service counts its calls from the beginning")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void entropyThatWasRequestedBeforeItDoesNotArrive(Reset kind) {
        long both = toy.does(new Effect.DrawEntropy(8), new Effect.SystemReset(kind));
        engines.script(calls(both, Toy.OFF));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).as("it started again").isEqualTo(new RunOutcome.PoweredOff());
        assertThat(toys.records(Entropy.class)).isEmpty();
        assertThat(entropyEvents(toy))
                .as("the service that is started anew has asked for nothing")
                .isZero();
    }

    /// The only vCPU is passed over in every second round.
    @ParameterizedTest
    @EnumSource
    void noStolenTimeIsWrittenAfterItUntilItIsSharedAgain(Reset kind) {
        long share = toy.does(new Effect.ShareStolenTime(CPU0, WORD));
        long reset = toy.does(new Effect.SystemReset(kind), new Effect.WriteMemory(WORD, THREE));
        Step calls = calls(share, reset, Toy.COUNT, Toy.COUNT);
        engines.script(calls, calls);
        Choices late = new Choices() {
            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                return asked.round() == 0 ? byDefault : new Turn(CPU0, asked.round() / ToyMachine.SLICE % 2 * 500);
            }
        };
        StepMachine machine = toys.begin(ToyMachine.spec(1), late, toys.history);
        ToyMachine.run(machine, 9);
        assertThat(toys.records(Turned.class))
                .as("it was passed over in later rounds")
                .contains(new Turned(new Turn(CPU0, 0)));
        assertThat(toys.parts().memory().read(WORD, 3))
                .as("nobody asked for it after the reset")
                .isEqualTo(THREE);
    }

    @ParameterizedTest
    @EnumSource
    void devicesAreAsAtPowerOn(Reset kind) {
        Bell bell = new Bell(50_000);
        toys.fit(board -> board.device(0x0a00_0000, bell).wake(CPU0, bell.line));
        engines.script(calls(toy.does(new Effect.SystemReset(kind)), Toy.STANDBY), budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(bell.resets).isEqualTo(1);
        assertThat(machine.outcome())
                .as("the bell does not ring any more, so nothing ends the wait")
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptThatWasKeptForAVcpuIsLost(Reset kind) {
        long reset = toy.does(new Effect.Wake(CPU0), new Effect.SystemReset(kind));
        engines.script(calls(reset, Toy.STANDBY));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .as("its standby waits")
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
    }
}

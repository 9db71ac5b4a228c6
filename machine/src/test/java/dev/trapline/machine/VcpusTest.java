package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.machine.RunReport.OpenHandler;
import org.junit.jupiter.api.Test;

/// The commands that vCPUs get, and what is kept for the time when they continue.
class VcpusTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final VcpuId CPU2 = new VcpuId(2);
    private static final RegisterWrites RESULT = RegisterWrites.fromX0(5, 6);

    private final Told told = new Told();
    private final Vcpus vcpus = new Vcpus(3, told);
    private final Rounds rounds = new Rounds(3, 1_000);

    private void on(VcpuId vcpu) {
        vcpus.powerOn(vcpu, 0x40, RegisterWrites.x0(1), 0, DataOrder.LITTLE);
        vcpus.begin(vcpu.index());
        grant(vcpu);
        told.forget();
    }

    private void grant(VcpuId vcpu) {
        vcpus.grant(vcpu.index(), 10, 0, 0, false, Renewals.NONE);
    }

    private RegisterWrites granted(VcpuId vcpu) {
        told.forget();
        grant(vcpu);
        return ((VcpuCommand.Grant) told.to(vcpu).getLast()).writes();
    }

    @Test
    void theResultOfACallIsWrittenByTheNextGrantAndOnlyByThatOne() {
        on(CPU0);
        vcpus.returns(CPU0, RESULT);
        assertThat(vcpus.pending(CPU0)).isEqualTo(RESULT);
        assertThat(granted(CPU0)).isEqualTo(RESULT);
        vcpus.sliceEnded(CPU0, PowerTable.NEVER);
        assertThat(granted(CPU0)).isEqualTo(RegisterWrites.NONE);
    }

    @Test
    void anEventInterruptsBehindTheResultOfTheCall() {
        on(CPU0);
        vcpus.returns(CPU0, RESULT);
        vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 42, 7), 100);
        assertThat(told.to(CPU0))
                .as("what is interrupted has the result (DEN0054 §5.2)")
                .containsExactly(new VcpuCommand.Deliver(RESULT, 0x80, 42, 7));
        assertThat(granted(CPU0)).as("the handler does not get it").isEqualTo(RegisterWrites.NONE);
        assertThat(vcpus.isInHandler(CPU0)).isTrue();
        assertThat(vcpus.isInHandler(CPU1)).as("another vCPU").isFalse();
    }

    @Test
    void anEventEndsTheWaitOfItsVcpu() {
        on(CPU0);
        on(CPU1);
        vcpus.waitsForInterrupt(CPU0, 50);
        assertThat(vcpus.canRun(0, rounds)).as("nothing wakes it").isEqualTo(PowerTable.NEVER);
        vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 42, 7), 100);
        assertThat(vcpus.canRun(0, rounds)).as("at the time of the event").isEqualTo(100);
        vcpus.deliver(new Effect.DeliverEvent(CPU1, 0x80, 42, 7), 100);
        vcpus.waitsForInterrupt(CPU1, 200);
        assertThat(vcpus.states().get(1))
                .as("an event for a vCPU that runs leaves no interrupt behind")
                .isEqualTo(VcpuState.SUSPENDED);
    }

    @Test
    void anEventForAVcpuWithoutPowerIsADefectOfTheService() {
        assertThatThrownBy(() -> vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 42, 7), 0))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("vcpu0, which is off");
    }

    @Test
    void theInnermostHandlerOfAVcpuCompletesFirst() {
        on(CPU0);
        on(CPU1);
        vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 1, 0), 0);
        vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 2, 0), 0);
        vcpus.deliver(new Effect.DeliverEvent(CPU1, 0x80, 3, 0), 0);
        told.forget();
        vcpus.complete(CPU0);
        assertThat(told.to(CPU0)).containsExactly(VcpuCommand.Complete.INSTANCE);
        assertThat(vcpus.handlers()).containsExactly(new OpenHandler(CPU0, 1), new OpenHandler(CPU1, 3));
        vcpus.completeAndResume(CPU0, 0x99);
        assertThat(told.to(CPU0)).last().isEqualTo(new VcpuCommand.CompleteAndResume(0x99));
        assertThat(vcpus.handlers()).containsExactly(new OpenHandler(CPU1, 3));
        assertThat(vcpus.isInHandler(CPU0)).isFalse();
        assertThat(told.to(CPU1)).as("the other vCPU gets nothing").isEmpty();
    }

    @Test
    void aVcpuThatIsTurnedOffLosesItsResultsAndHandlers() {
        on(CPU0);
        on(CPU1);
        vcpus.deliver(new Effect.DeliverEvent(CPU0, 0x80, 1, 0), 0);
        vcpus.deliver(new Effect.DeliverEvent(CPU1, 0x80, 2, 0), 0);
        vcpus.returns(CPU0, RESULT);
        told.forget();
        vcpus.powerOff(CPU0);
        assertThat(told.to(CPU0)).containsExactly(VcpuCommand.PowerOff.INSTANCE);
        assertThat(vcpus.pending(CPU0)).isEqualTo(RegisterWrites.NONE);
        assertThat(vcpus.handlers()).as("the other's stays").containsExactly(new OpenHandler(CPU1, 2));
        assertThat(vcpus.runnable()).as("only cpu1").isEqualTo(CPU1.bit());
    }

    @Test
    void allOffLeavesNothingOfAnyVcpu() {
        on(CPU0);
        on(CPU1);
        vcpus.deliver(new Effect.DeliverEvent(CPU1, 0x80, 2, 0), 0);
        vcpus.returns(CPU0, RESULT);
        vcpus.standby(CPU1, 10);
        told.forget();
        vcpus.allOff();
        assertThat(vcpus.states()).containsOnly(VcpuState.OFF);
        assertThat(vcpus.handlers()).isEmpty();
        assertThat(vcpus.pending(CPU0)).isEqualTo(RegisterWrites.NONE);
        for (VcpuId each : new VcpuId[] {CPU0, CPU1, CPU2}) {
            assertThat(told.to(each))
                    .as("%s, and translations", each)
                    .containsExactly(VcpuCommand.PowerOff.INSTANCE, VcpuCommand.Renew.INSTANCE);
        }
        on(CPU1);
        vcpus.waitsForInterrupt(CPU1, 20);
        vcpus.interrupt(CPU1, 30);
        assertThat(vcpus.begin(1))
                .as("a WFI: the standby before the reset is forgotten")
                .isEqualTo(new Vcpus.Wakeup(CPU1, false, false));
    }

    @Test
    void aWakeUpTellsWhoSuspendedTheVcpuAndWhetherItLostPower() {
        on(CPU0);
        on(CPU1);
        assertThat(vcpus.standby(CPU1, 10)).as("it waits").isTrue();
        assertThat(vcpus.powerDown(new Effect.PowerDown(CPU0, 0x90, 3, DataOrder.BIG), 10))
                .isTrue();
        assertThat(told.to(CPU0)).containsExactly(VcpuCommand.PowerDown.INSTANCE);
        told.forget();
        vcpus.interrupt(CPU0, 20);
        vcpus.interrupt(CPU1, 20);
        assertThat(vcpus.begin(1)).isEqualTo(new Vcpus.Wakeup(CPU1, true, false));
        assertThat(vcpus.begin(0)).isEqualTo(new Vcpus.Wakeup(CPU0, true, true));
        assertThat(told.to(CPU0))
                .as("it starts again as its power-down said")
                .containsExactly(new VcpuCommand.PowerOn(0x90, RegisterWrites.x0(3), DataOrder.BIG));
        vcpus.waitsForInterrupt(CPU1, 30);
        vcpus.interrupt(CPU1, 40);
        assertThat(vcpus.begin(1)).as("a WFI after it").isEqualTo(new Vcpus.Wakeup(CPU1, false, false));
    }

    @Test
    void aPowerDownDropsTheResultOfItsCall() {
        on(CPU0);
        vcpus.returns(CPU0, RESULT);
        vcpus.powerDown(new Effect.PowerDown(CPU0, 0x90, 3), 10);
        assertThat(vcpus.pending(CPU0)).isEqualTo(RegisterWrites.NONE);
    }

    @Test
    void withAnInterruptPendingNeitherStandbyNorPowerDownWaits() {
        on(CPU0);
        vcpus.interrupt(CPU0, 5);
        assertThat(vcpus.isInterrupted(CPU0, 5)).isTrue();
        assertThat(vcpus.standby(CPU0, 10)).isFalse();
        vcpus.interrupt(CPU0, 15);
        assertThat(vcpus.powerDown(new Effect.PowerDown(CPU0, 0x90, 3), 20)).isFalse();
        vcpus.interrupt(CPU0, 25);
        vcpus.stayAwake(CPU0);
        assertThat(vcpus.isInterrupted(CPU0, 30)).as("used up").isFalse();
        assertThat(told.to(CPU0)).as("it keeps its power").isEmpty();
    }

    @Test
    void anInterruptForAVcpuThatTheMachineLacksIsADefect() {
        VcpuId absent = new VcpuId(3);
        assertThat(vcpus.isInterrupted(absent, 0))
                .as("nothing is pending for it")
                .isFalse();
        assertThatThrownBy(() -> vcpus.interrupt(absent, 0))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("vcpu3")
                .hasMessageContaining("3 vCPUs");
        assertThat(vcpus.count()).isEqualTo(3);
    }

    @Test
    void aChangeReachesAllThatAreNotOff() {
        on(CPU0);
        on(CPU1);
        vcpus.powerDown(new Effect.PowerDown(CPU1, 0x90, 3), 10);
        told.forget();
        vcpus.tellAllButOff(new VcpuCommand.DropTranslations(0x40, 8));
        assertThat(told.commands)
                .as("cpu1 is powered down and keeps its engine, cpu2 is off")
                .containsExactly(
                        new Told.Command(CPU0, new VcpuCommand.DropTranslations(0x40, 8)),
                        new Told.Command(CPU1, new VcpuCommand.DropTranslations(0x40, 8)));
    }

    @Test
    void allThatIsKeptIsSavedAndLoaded() {
        on(CPU0);
        on(CPU1);
        on(CPU2);
        RegisterWrites many = RegisterWrites.NONE.and(0, 9).and(3, -1).and(30, 4);
        vcpus.returns(CPU0, many);
        vcpus.deliver(new Effect.DeliverEvent(CPU2, 0x80, 77, 0), 0);
        vcpus.powerDown(new Effect.PowerDown(CPU1, 0x90, 3, DataOrder.BIG_NOW), 10);
        StateWriter state = new StateWriter();
        vcpus.save(state);
        Vcpus other = new Vcpus(3, told.forget());
        StateReader reader = new StateReader(state.toBytes());
        other.load(reader);
        reader.end();
        assertThat(other.states()).containsExactly(VcpuState.ON, VcpuState.POWERED_DOWN, VcpuState.ON);
        assertThat(other.pending(CPU0)).isEqualTo(many);
        assertThat(other.handlers()).containsExactly(new OpenHandler(CPU2, 77));
        other.interrupt(CPU1, 20);
        assertThat(other.begin(1)).isEqualTo(new Vcpus.Wakeup(CPU1, true, true));
        assertThat(told.to(CPU1))
                .containsExactly(new VcpuCommand.PowerOn(0x90, RegisterWrites.x0(3), DataOrder.BIG_NOW));
    }
}

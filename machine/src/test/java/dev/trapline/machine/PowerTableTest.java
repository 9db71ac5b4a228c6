package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.VcpuState;
import org.junit.jupiter.api.Test;

class PowerTableTest {

    private static final VcpuId ONE = new VcpuId(1);
    private static final VcpuId TWO = new VcpuId(2);

    private final PowerTable power = new PowerTable(4);

    private void on(VcpuId vcpu) {
        power.powerOn(vcpu, 0);
        assertThat(power.begin(vcpu)).as("a power-on is not a wake-up").isFalse();
        power.granted(vcpu);
    }

    @Test
    void aPendingVcpuRunsAtTheTimeItIsReadyAndNotBefore() {
        power.powerOn(ONE, 100);
        assertThat(power.runnable()).as("not ready").isZero();
        assertThat(power.canRun(1, 30)).isEqualTo(100);
        assertThat(power.canRun(1, 130))
                .as("its clock is ahead: it ran before it was turned off")
                .isEqualTo(130);
        assertThat(power.begin(ONE)).isFalse();
        assertThat(power.runnable()).isEqualTo(ONE.bit());
        assertThat(power.of(ONE)).as("until its first slice").isEqualTo(VcpuState.ON_PENDING);
    }

    @Test
    void aTimerEndsAWaitWhenItAsserts() {
        on(ONE);
        power.timer(ONE, 500);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 10)).isTrue();
        assertThat(power.runnable()).isZero();
        assertThat(power.canRun(1, 10)).isEqualTo(500);
        assertThat(power.begin(ONE)).as("an interrupt has ended its wait").isTrue();
        assertThat(power.of(ONE)).isEqualTo(VcpuState.ON);
        assertThat(power.runnable()).isEqualTo(ONE.bit());
        assertThat(power.canRun(1, 510)).isEqualTo(510);
    }

    @Test
    void anInterruptBeforeTheTimerEndsAWaitEarlierAndOneAfterItNoLater() {
        on(ONE);
        power.timer(ONE, 500);
        power.waits(ONE, VcpuState.SUSPENDED, 10);
        power.interrupt(ONE, 700);
        assertThat(power.canRun(1, 10)).as("its timer was first").isEqualTo(500);
        power.interrupt(ONE, 200);
        assertThat(power.canRun(1, 10)).isEqualTo(200);
    }

    @Test
    void aLineEndsTheWaitOfItsVcpuAtOnce() {
        on(ONE);
        on(TWO);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).isTrue();
        assertThat(power.waits(TWO, VcpuState.POWERED_DOWN, 0)).isTrue();
        power.lines(TWO.bit(), 70);
        assertThat(power.canRun(TWO.index(), 10)).isEqualTo(70);
        assertThat(power.canRun(ONE.index(), 10))
                .as("the other one still waits")
                .isEqualTo(PowerTable.NEVER);
        power.lines(TWO.bit(), 60);
        assertThat(power.canRun(TWO.index(), 10)).as("it went high at 70").isEqualTo(70);
        assertThat(power.begin(TWO)).isTrue();
        assertThat(power.of(TWO)).as("it has no power yet").isEqualTo(VcpuState.ON_PENDING);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.SUSPENDED);
    }

    @Test
    void aLineLetsNobodyWaitAsLongAsItIsHighAndIsNotKept() {
        on(ONE);
        power.lines(ONE.bit(), 0);
        assertThat(power.isInterrupted(ONE, 0)).isTrue();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("high").isFalse();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("still high").isFalse();
        power.lines(0, 0);
        assertThat(power.isInterrupted(ONE, 0)).isFalse();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("low").isTrue();
    }

    @Test
    void aLineWakesNobodyWhoIsOff() {
        power.lines(ONE.bit(), 0);
        assertThat(power.canRun(ONE.index(), 0)).isEqualTo(PowerTable.NEVER);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.OFF);
    }

    @Test
    void aTimerThatHasAssertedLetsNobodyWait() {
        on(ONE);
        power.timer(ONE, 10);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 10)).isFalse();
        assertThat(power.runnable()).isEqualTo(ONE.bit());
    }

    @Test
    void anInterruptIsKeptForOneWaitAndNoMore() {
        on(ONE);
        power.interrupt(ONE, 10);
        power.interrupt(ONE, 10);
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10)).isFalse();
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10))
                .as("it was used up")
                .isTrue();
    }

    @Test
    void anInterruptForAVcpuThatIsOffIsLost() {
        power.interrupt(ONE, 10);
        on(ONE);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 10)).isTrue();
    }

    @Test
    void aPoweredDownVcpuIsPendingAfterItsInterruptAndCanRunAtOnce() {
        on(ONE);
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10)).isTrue();
        power.interrupt(ONE, 10);
        assertThat(power.canRun(1, 10)).isEqualTo(10);
        assertThat(power.begin(ONE)).isTrue();
        assertThat(power.of(ONE)).isEqualTo(VcpuState.ON_PENDING);
        assertThat(power.runnable()).isEqualTo(ONE.bit());
    }

    @Test
    void onlyAVcpuThatIsOnCanBeSuspendedAndOnlyOneThatIsOffPoweredOn() {
        assertThatThrownBy(() -> power.waits(ONE, VcpuState.SUSPENDED, 0))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("vcpu1, which is off");
        on(ONE);
        assertThatThrownBy(() -> power.powerOn(ONE, 0)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> power.powerOn(new VcpuId(4), 0)).hasMessageContaining("this machine has 4 vCPUs");
    }

    @Test
    void turningOffEndsAWaitWithoutAWakeUp() {
        on(ONE);
        power.timer(ONE, 50);
        power.waits(ONE, VcpuState.SUSPENDED, 0);
        power.powerOff(ONE);
        assertThat(power.canRun(1, 60)).isEqualTo(PowerTable.NEVER);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.OFF);
        assertThat(power.runnable()).isZero();
    }
}

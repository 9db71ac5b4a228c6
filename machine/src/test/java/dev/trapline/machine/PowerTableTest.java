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
        assertThat(power.nextWoken(0)).as("a power-on is no wake-up").isEqualTo(-1);
        power.granted(vcpu);
    }

    @Test
    void aPendingVcpuRunsAtTheTimeItIsReadyAndNotBefore() {
        power.powerOn(ONE, 100);
        assertThat(power.nextWoken(99)).isEqualTo(-1);
        assertThat(power.runnable()).as("a tick too early").isZero();
        assertThat(power.deadline()).isEqualTo(100);
        assertThat(power.nextWoken(100)).isEqualTo(-1);
        assertThat(power.runnable()).isEqualTo(ONE.bit());
        assertThat(power.of(ONE)).as("until its first slice").isEqualTo(VcpuState.ON_PENDING);
        assertThat(power.deadline()).isEqualTo(PowerTable.NEVER);
    }

    @Test
    void aTimerEndsAWaitWhenItAsserts() {
        on(ONE);
        power.timer(ONE, 500);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 10)).isTrue();
        assertThat(power.runnable()).isZero();
        assertThat(power.nextWoken(499)).isEqualTo(-1);
        assertThat(power.nextWoken(500)).isEqualTo(1);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.ON);
        assertThat(power.runnable()).isEqualTo(ONE.bit());
    }

    @Test
    void aLineEndsTheWaitOfItsVcpuAtOnce() {
        on(ONE);
        on(TWO);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).isTrue();
        assertThat(power.waits(TWO, VcpuState.POWERED_DOWN, 0)).isTrue();
        power.lines(TWO.bit());
        assertThat(power.nextWoken(0)).isEqualTo(TWO.index());
        assertThat(power.of(TWO)).as("it has no power yet").isEqualTo(VcpuState.ON_PENDING);
        assertThat(power.nextWoken(0)).as("the other one waits on").isEqualTo(-1);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.SUSPENDED);
    }

    @Test
    void aLineLetsNobodyWaitAsLongAsItIsHighAndIsNotKept() {
        on(ONE);
        power.lines(ONE.bit());
        assertThat(power.isInterrupted(ONE, 0)).isTrue();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("high").isFalse();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("still high").isFalse();
        power.lines(0);
        assertThat(power.isInterrupted(ONE, 0)).isFalse();
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 0)).as("low").isTrue();
    }

    @Test
    void aLineWakesNobodyWhoIsOff() {
        power.lines(ONE.bit());
        assertThat(power.nextWoken(0)).isEqualTo(-1);
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
        power.interrupt(ONE);
        power.interrupt(ONE);
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10)).isFalse();
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10))
                .as("it was used up")
                .isTrue();
    }

    @Test
    void anInterruptForAVcpuThatIsOffIsLost() {
        power.interrupt(ONE);
        on(ONE);
        assertThat(power.waits(ONE, VcpuState.SUSPENDED, 10)).isTrue();
    }

    @Test
    void aPoweredDownVcpuIsPendingAfterItsInterruptAndCanRunAtOnce() {
        on(ONE);
        assertThat(power.waits(ONE, VcpuState.POWERED_DOWN, 10)).isTrue();
        power.interrupt(ONE);
        assertThat(power.nextWoken(10)).isEqualTo(1);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.ON_PENDING);
        assertThat(power.runnable()).isEqualTo(ONE.bit());
    }

    @Test
    void thoseWhoseTimeHasComeAreWokenOneByOneInTheirOrder() {
        on(TWO);
        on(ONE);
        power.timer(TWO, 20);
        power.timer(ONE, 30);
        power.waits(TWO, VcpuState.SUSPENDED, 0);
        power.waits(ONE, VcpuState.SUSPENDED, 0);
        assertThat(power.deadline()).isEqualTo(20);
        assertThat(power.nextWoken(40)).isEqualTo(1);
        assertThat(power.nextWoken(40)).isEqualTo(2);
        assertThat(power.nextWoken(40)).isEqualTo(-1);
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
        assertThat(power.nextWoken(60)).isEqualTo(-1);
        assertThat(power.of(ONE)).isEqualTo(VcpuState.OFF);
        assertThat(power.runnable()).isZero();
    }
}

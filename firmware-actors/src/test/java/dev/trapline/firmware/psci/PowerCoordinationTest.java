package dev.trapline.firmware.psci;

import static dev.trapline.firmware.psci.PsciMachine.CLUSTER_DOWN;
import static dev.trapline.firmware.psci.PsciMachine.CORE_DOWN;
import static dev.trapline.firmware.psci.PsciMachine.CORE_STANDBY;
import static dev.trapline.firmware.psci.PsciMachine.SYSTEM_DOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The states of clusters and the system when their cores are idle (DEN0022 §4.2.3, §5.20; TF-A's design of
/// OS-initiated mode). CPU 0 queries the states. Clusters have two CPUs, so CPU 2 and CPU 3 are the other cluster.
class PowerCoordinationTest {

    private static final long ON = 0;
    private static final long OFF = 1;
    private static final long STANDBY = 2;
    private static final int CORE = 0;
    private static final int CLUSTER = 1;
    private static final int SYSTEM = 2;
    private static final String RICH_STATES = "states=core-standby=standby:0x1, core-power-down=power-down:0x2,"
            + " cluster-standby=standby/standby:0x11, cluster-retention=power-down/standby:0x12,"
            + " cluster-power-down=power-down/power-down:0x22, last-in-cluster=power-down/run:0x202,"
            + " system-standby=power-down/power-down/standby:0x122,"
            + " system-power-down=power-down/power-down/power-down:0x222";
    private static final String CLUSTER_STANDBY = "0x1000011";
    private static final String CLUSTER_RETENTION = "0x1010012";
    private static final long LAST_IN_CLUSTER = 0x101_0202;

    @Test
    void aClusterGoesDownWithItsLastCoreAndComesUpWithTheFirst() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 0 on 3; 2 cluster-down");
        assertThat(machine.hardware(0, 2, CORE)).isEqualTo(OFF);
        assertThat(machine.hardware(0, 2, CLUSTER)).as("CPU 3 runs").isEqualTo(ON);
        machine.run("3 cluster-down");
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(OFF);
        assertThat(machine.hardware(0, 2, SYSTEM)).as("CPU 0 runs").isEqualTo(ON);
        machine.run("wake 3");
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(ON);
        assertThat(machine.hardware(0, 2, CORE)).as("CPU 2 stays suspended").isEqualTo(OFF);
    }

    @Test
    void aDomainEntersTheShallowestStateThatItsChildrenVoteFor() {
        PsciMachine machine = PsciMachine.of(RICH_STATES).run("0 on 2; 0 on 3; 2 cluster-down");
        machine.run("3 suspend " + CLUSTER_STANDBY);
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("CPU 3 voted for standby")
                .isEqualTo(STANDBY);
        machine.run("wake 3; 3 suspend " + CLUSTER_RETENTION);
        assertThat(machine.hardware(0, 3, CORE)).isEqualTo(OFF);
        assertThat(machine.hardware(0, 3, CLUSTER)).as("retention").isEqualTo(STANDBY);
        machine.run("wake 3; 3 down");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("CPU 3 requires it to run")
                .isEqualTo(ON);
    }

    @Test
    void cpuOffVotesForEverything() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 0 on 3; 3 off; 2 cluster-down");
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(OFF);
        machine.run("wake 2; 2 off");
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(OFF);
        machine.run("0 on 3");
        assertThat(machine.hardware(0, 2, CLUSTER)).as("CPU_ON brings it up").isEqualTo(ON);
    }

    @Test
    void aCoreInStandbyAloneHoldsItsCluster() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 2 standby");
        assertThat(machine.hardware(0, 2, CORE)).isEqualTo(STANDBY);
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(ON);
        machine.run("wake 2");
        assertThat(machine.hardware(0, 2, CORE)).as("standby ends").isEqualTo(ON);
        assertThat(machine.suspend(2, CORE_STANDBY)).as("and can begin again").isZero();
        assertThat(machine.hardware(0, 2, CORE)).isEqualTo(STANDBY);
    }

    @Test
    void theSystemRestsWhenAllClustersDo() {
        PsciMachine machine = PsciMachine.of().run("0 on 1; 0 on 2; 0 on 3");
        machine.run("1 system-down; 2 system-down; 3 cluster-down; 0 system-down");
        assertThat(machine.state().tree().state(PowerTree.SYSTEM, 0b1111))
                .as("CPU 3 voted for its cluster only")
                .isEqualTo(LocalState.RUN);
        machine.run("wake 3; 3 system-down");
        assertThat(machine.state().tree().state(PowerTree.SYSTEM, 0b1111)).isEqualTo(LocalState.POWER_DOWN);
        machine.run("wake 1");
        assertThat(machine.hardware(1, 3, SYSTEM)).isEqualTo(ON);
        assertThat(machine.hardware(1, 3, CLUSTER))
                .as("the other cluster stays suspended")
                .isEqualTo(OFF);
        assertThat(machine.hardware(1, 0, CLUSTER)).isEqualTo(ON);
    }

    @Test
    void inOsInitiatedModeOnlyTheLastManSpeaksForHisCluster() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 2; 0 on 3");
        assertThat(machine.suspend(2, CLUSTER_DOWN)).as("CPU 3 runs").isEqualTo(-3);
        assertThat(machine.hardware(0, 2, CORE))
                .as("a denied request changes nothing")
                .isEqualTo(ON);
        machine.run("2 down");
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(ON);
        machine.run("3 cluster-down");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("although CPU 2 only made a request for itself")
                .isEqualTo(OFF);
    }

    @Test
    void inOsInitiatedModeAClusterThatCameUpStaysUpUntilAnotherLastMan() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 2; 0 on 3; 2 down; 3 cluster-down; wake 2; 2 down");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("the old request has ended")
                .isEqualTo(ON);
        machine.run("wake 3; 3 off");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("nor does CPU_OFF renew it")
                .isEqualTo(ON);
        machine.run("wake 2; 2 off");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("CPU_OFF is platform-coordinated")
                .isEqualTo(OFF);
    }

    @Test
    void inOsInitiatedModeAWakeUpEndsTheRequestForTheOnesThatSleepOn() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 2; 0 on 3; 2 down; 3 cluster-down; wake 3; 3 off");
        assertThat(machine.hardware(0, 2, CLUSTER))
                .as("CPU 2 only made a request for itself, and CPU 3's request has ended")
                .isEqualTo(ON);
    }

    @Test
    void inOsInitiatedModeCoresThatAreOffAreNoObstacle() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 2; 2 cluster-down");
        assertThat(machine.hardware(0, 3, CLUSTER))
                .as("CPU 3 has never been on")
                .isEqualTo(OFF);
        assertThat(machine.suspend(0, SYSTEM_DOWN))
                .as("all are in the requested state")
                .isZero();
    }

    /// TF-A once checked only the caller's cluster if a system state was requested.
    @Test
    void inOsInitiatedModeACpuThatRunsInAnotherClusterDeniesTheSystem() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 1; 0 on 2; 0 on 3; 1 down; 2 down");
        assertThat(machine.suspend(0, SYSTEM_DOWN)).as("CPU 3 runs").isEqualTo(-3);
        assertThat(machine.suspend(0, CLUSTER_DOWN))
                .as("which is in another cluster")
                .isZero();
    }

    /// TF-A's core standby in OS-initiated mode once also affected the levels above.
    @Test
    void inOsInitiatedModeStandbyOfACoreTouchesNothingAboveIt() {
        PsciMachine machine = PsciMachine.of().run("0 osi; 0 on 2; 0 on 3; 3 off");
        assertThat(machine.suspend(2, CORE_STANDBY)).isZero();
        assertThat(machine.hardware(0, 2, CORE)).isEqualTo(STANDBY);
        assertThat(machine.hardware(0, 2, CLUSTER)).isEqualTo(ON);
        assertThat(machine.hardware(0, 2, SYSTEM)).isEqualTo(ON);
        assertThat(machine.count(0, 2, CLUSTER_DOWN)).isZero();
    }

    @Test
    void inOsInitiatedModeAShallowSiblingIsIncompatible() {
        PsciMachine machine = PsciMachine.of(RICH_STATES).run("0 osi; 0 on 2; 0 on 3; 2 standby");
        assertThat(machine.suspend(3, CLUSTER_DOWN))
                .as("CPU 2 keeps its content there")
                .isEqualTo(-2);
        machine.run("3 suspend " + CLUSTER_RETENTION);
        assertThat(machine.hardware(0, 2, CLUSTER)).as("standby of both fits").isEqualTo(STANDBY);
        assertThat(machine.suspend(0, SYSTEM_DOWN))
                .as("a cluster in standby does not allow a system in power-down")
                .isEqualTo(-2);
        assertThat(machine.suspend(0, 0x201_0122)).as("but one in standby").isZero();
    }

    @Test
    void theLevelSaysWhoIsLastEvenWhereTheDomainIsToRun() {
        PsciMachine machine = PsciMachine.of(RICH_STATES).run("0 on 2; 0 on 3");
        assertThat(machine.suspend(2, LAST_IN_CLUSTER))
                .as("platform-coordinated: no claim")
                .isZero();
        machine.run("wake 2; 2 off; 3 off; 0 osi; 0 on 2; 0 on 3");
        assertThat(machine.suspend(2, LAST_IN_CLUSTER)).as("CPU 3 is not idle").isEqualTo(-3);
        machine.run("3 down");
        assertThat(machine.suspend(2, LAST_IN_CLUSTER)).isZero();
        assertThat(machine.hardware(0, 2, CLUSTER)).as("it continues to run").isEqualTo(ON);
    }

    @Test
    void theModeMayChangeWhileNobodyHasVoted() {
        PsciMachine machine = PsciMachine.of().run("0 on 1; 0 on 2; 2 default; 1 osi");
        assertThat(machine.x0(0, PsciMachine.SET_SUSPEND_MODE, 1))
                .as("the same mode again")
                .isZero();
        machine.run("wake 2; 2 off; 1 off; 0 pc; 0 down; wake 0; 0 osi");
        assertThat(machine.state().osInitiated())
                .as("a CPU that is alone may switch, whatever calls it has made")
                .isTrue();
    }

    @Test
    void systemSuspendTakesEverythingDown() {
        PsciMachine machine = PsciMachine.of().run("0 on 1; 1 off; 0 system-suspend");
        for (int level = PowerTree.CORE; level <= PowerTree.SYSTEM; level++) {
            assertThat(machine.state()
                            .tree()
                            .state(level, PowerTree.members(machine.state().topology(), 0, level)))
                    .isEqualTo(LocalState.POWER_DOWN);
        }
        machine.run("at 125; wake 0");
        assertThat(machine.count(0, 0, SYSTEM_DOWN))
                .as("as CPU_SUSPEND to the deepest state")
                .isEqualTo(1);
        assertThat(machine.hardware(0, 1, CLUSTER)).isEqualTo(ON);
    }

    @Test
    void frozenCpusWakeOnCpuOnAlone() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; 2 freeze; wake 2");
        assertThat(machine.affinityInfo(0, 2, 0))
                .as("an interrupt does not bring it back")
                .isEqualTo(1);
        machine.run("0 on 2");
        assertThat(machine.affinityInfo(0, 2, 0)).isZero();
    }

    @Test
    void statisticsCountStaysThatAreOver() {
        PsciMachine machine = PsciMachine.of().run("0 on 2; at 1000; 2 cluster-down; at 1125");
        assertThat(machine.count(0, 2, CORE_DOWN)).as("it is still there").isZero();
        machine.run("wake 2");
        assertThat(machine.count(0, 2, CORE_DOWN)).isEqualTo(1);
        assertThat(machine.residency(0, 2, CORE_DOWN)).as("125 ticks of 16 ns").isEqualTo(2);
        assertThat(machine.count(0, 2, CLUSTER_DOWN))
                .as("CPU 3 is off: the cluster was down")
                .isEqualTo(1);
        assertThat(machine.count(0, 3, CLUSTER_DOWN))
                .as("any CPU of the cluster selects it")
                .isEqualTo(1);
        assertThat(machine.residency(0, 3, CLUSTER_DOWN)).isEqualTo(2);
        assertThat(machine.count(0, 3, CORE_DOWN)).as("CPU 3 has never been on").isZero();
        assertThat(machine.count(0, 2, CORE_STANDBY)).isZero();
        assertThat(machine.count(0, 0, SYSTEM_DOWN)).isZero();
        machine.run("2 standby; at 1625; wake 2; 2 off; at 2250; 0 on 2");
        assertThat(machine.residency(0, 2, CORE_STANDBY)).isEqualTo(8);
        assertThat(machine.count(0, 2, CORE_DOWN))
                .as("CPU_OFF is power-down too")
                .isEqualTo(2);
        assertThat(machine.residency(0, 2, CORE_DOWN)).as("2 + 10").isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 standby",
                "0 down",
                "0 cluster-down",
                "0 system-down",
                "0 default",
                "0 system-suspend",
                "0 osi; 0 standby",
                "0 osi; 0 cluster-down",
                "0 osi; 0 system-down",
                "0 osi; 0 system-suspend"
            })
    void aSuspendThatAnInterruptKeptFromHappeningIsNoStay(String suspend) {
        PsciMachine machine = PsciMachine.of().run("at 1000; " + suspend + "; stays 0; at 5000");
        for (long state : new long[] {CORE_STANDBY, CORE_DOWN, CLUSTER_DOWN, SYSTEM_DOWN}) {
            assertThat(machine.count(0, 0, state)).as("count of 0x%x", state).isZero();
            assertThat(machine.residency(0, 0, state))
                    .as("residency of 0x%x", state)
                    .isZero();
        }
        for (int level = CORE; level <= SYSTEM; level++) {
            assertThat(machine.hardware(0, 0, level)).as("level %d runs", level).isEqualTo(ON);
        }
        assertThat(machine.affinityInfo(0, 0, 0)).isEqualTo(ON);
    }

    @Test
    void aClusterThatIsWokenByACpuWhoseClockIsBehindTookNoTimeAndNotLessThanThat() {
        PsciMachine machine = PsciMachine.of()
                .run("0 on 2; 0 on 3; at 5000; 2 cluster-down; at 9000; 3 cluster-down; at 6000; wake 2");
        assertThat(machine.count(0, 2, CLUSTER_DOWN)).isEqualTo(1);
        assertThat(machine.residency(0, 2, CLUSTER_DOWN)).isZero();
        assertThat(machine.residency(0, 2, CORE_DOWN))
                .as("1 000 ticks of 16 ns")
                .isEqualTo(16);
    }

    @Test
    void aStayBeforeAndAfterASuspendThatDidNotHappenCounts() {
        PsciMachine machine =
                PsciMachine.of().run("0 down; at 625; wake 0; 0 down; stays 0; at 1250; 0 down; at 1875; wake 0");
        assertThat(machine.count(0, 0, CORE_DOWN)).isEqualTo(2);
        assertThat(machine.residency(0, 0, CORE_DOWN))
                .as("twice 625 ticks of 16 ns")
                .isEqualTo(20);
    }

    @Test
    void aSuspendThatDidNotHappenLeavesTheStaysOfOthersAlone() {
        PsciMachine machine =
                PsciMachine.of().run("0 on 1; 1 cluster-down; at 625; 0 cluster-down; stays 0; at 1250; wake 1");
        assertThat(machine.count(0, 1, CORE_DOWN)).isEqualTo(1);
        assertThat(machine.residency(0, 1, CORE_DOWN)).isEqualTo(20);
        assertThat(machine.count(0, 0, CLUSTER_DOWN))
                .as("the cluster was never down")
                .isZero();
    }

    @Test
    void statisticsOfNobodyAndOfNoStateAreZero() {
        PsciMachine machine = PsciMachine.of().run("0 down; at 1000; wake 0");
        assertThat(machine.x0(0, PsciMachine.STAT_COUNT, 0, CORE_DOWN)).isEqualTo(1);
        assertThat(machine.x0(0, PsciMachine.STAT_COUNT, 0x80, CORE_DOWN)).isZero();
        assertThat(machine.x0(0, PsciMachine.STAT_COUNT, 0, 0x7)).isZero();
        assertThat(machine.x0(0, PsciMachine.STAT_RESIDENCY, -1, CORE_DOWN)).isZero();
    }
}

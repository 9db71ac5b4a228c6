package dev.trapline.firmware.psci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Invalid settings are refused with the key and its valid values.
class PsciSettingsTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "without=CPU_ON | 'without' takes optional functions: MIGRATE, MIGRATE_INFO_TYPE,",
                "without=cpu_freeze | not 'cpu_freeze'",
                "trusted-os=op-tee | 'trusted-os' takes none, up-migratable or up-not-migratable, not 'op-tee'",
                "trusted-os-cpu=4 | 'trusted-os-cpu' takes the index of a vCPU, 0 to 3, not '4'",
                "unplugged=0-1 | 'unplugged' takes vCPUs from 1 on, because vCPU 0 boots the machine, not '0-1'",
                "disabled=4 | 'disabled' takes indexes of vCPUs, 0 to 3, as 2, 4-7, not '4'",
                "failing=3-2 | 'failing' takes indexes of vCPUs, 0 to 3, as 2, 4-7, not '3-2'",
                "failing=x | 'failing' takes indexes of vCPUs",
                "power-state-format=new | 'power-state-format' takes original or extended, not 'new'",
                "states=core=sleep:1 | 'states' takes run, standby or power-down as parts of a state, not"
                        + " 'core=sleep:1'",
                "states=standby:1 | 'states' takes states as NAME=CORE[/CLUSTER[/SYSTEM]]:STATEID",
                "states=a=standby:1+x | 'states' takes states as NAME",
                "affinity-info-level=4 | 'affinity-info-level' takes a level, 0 to 3, not '4'",
                "states=a=standby | 'states' takes states as NAME=CORE[/CLUSTER[/SYSTEM]]:STATEID",
                "states=a=run:1 | 'states': 'a' lets the core run, so it is not an idle state",
                "states=a=standby/power-down:1 | 'states': 'a' has a domain in a deeper state than the one within it",
                "states=a=standby/standby/standby/standby:1 | 'states': 'a' has 1 to 3 local states",
                "states=a=standby:1,b=standby:2 | 'states': 'b' and 'a' have the same name, local states or",
                "states=a=standby:0x10000 | 'states': 'a' has the StateID 0x10000, but in this format it can be 0xffff",
                "default-suspend=cluster-power-down | 'default-suspend' takes a state of the core only: core-standby,"
                        + " core-power-down, not",
                "on-pending=soon | 'on-pending' takes ticks of 16 ns, or a time as 50us, 2ms or 1s, not 'soon'",
                "on-pending=-1 | 'on-pending' takes ticks",
                "vendor-resets=0x1=warm | 'vendor-resets' takes types from 0x80000000 on with what they do",
                "vendor-resets=0x80000000=hot | 'vendor-resets' takes types from 0x80000000 on"
            })
    void aSettingThatIsNotUnderstoodIsRefused(String setting, String message) {
        assertThatThrownBy(() -> PsciMachine.of(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aStateMayHaveSeveralStateIds() {
        PsciMachine machine = PsciMachine.of(
                "states=core-power-down=power-down:0x2|0x12, cluster-power-down=power-down/power-down:0x22 | 0x2");
        for (long state : new long[] {0x1_0002, 0x1_0012}) {
            assertThat(machine.suspend(0, state)).as("core, 0x%x", state).isZero();
            machine.woken(0);
        }
        for (long state : new long[] {0x101_0022, 0x101_0002}) {
            assertThat(machine.suspend(0, state)).as("cluster, 0x%x", state).isZero();
            machine.woken(0);
        }
        for (long state : new long[] {0x1_0022, 0x101_0012, 0x12, 0x8001_0002L}) {
            assertThat(machine.suspend(0, state)).as("no state, 0x%x", state).isEqualTo(-2);
        }
        assertThat(machine.count(0, 0, 0x1_0002))
                .as("both names count as one state")
                .isEqualTo(4);
        assertThat(machine.count(0, 0, 0x1_0012)).isEqualTo(4);
    }

    @Test
    void theHighestLevelOfAffinityInfoCanBeSet() {
        for (int highest = 0; highest <= 3; highest++) {
            PsciMachine machine = PsciMachine.of("affinity-info-level=" + highest);
            for (int level = 0; level <= 4; level++) {
                assertThat(machine.affinityInfo(0, 0, level))
                        .as("level %d of %d", level, highest)
                        .isEqualTo(level <= highest ? 0 : -2);
            }
        }
    }

    @Test
    void theExtendedFormatNeedsVersion1Dot0() {
        assertThatThrownBy(() -> PsciMachine.of("version=0.2", "power-state-format=extended"))
                .hasMessage("'power-state-format' takes only original in PSCI 0.2: the extended format exists from"
                        + " 1.0 on");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "100, 100", "0x10, 16", "007, 7", "1us, 63", "2us, 125", "1 ms, 62500", "2s, 125000000"})
    void onPendingIsTicksOrATimeRoundedUp(String text, long ticks) {
        assertThat(PsciMachine.of("on-pending=" + text).state().settings().onPending())
                .isEqualTo(ticks);
    }

    @Test
    void listsOfCpusMayHaveRangesAndBlanks() {
        assertThat(PsciMachine.of(8, 4, "unplugged= 2 , 4-6").state().settings().unplugged())
                .isEqualTo(0b0111_0100);
    }

    @Test
    void theDefaultsAreAPlainMachineOfTheNewestVersion() {
        PsciSettings settings = PsciMachine.of().state().settings();
        assertThat(settings.version()).hasToString("1.3");
        assertThat(settings.onPending()).as("CPU_ON takes no time").isZero();
        assertThat(settings.states().all())
                .extracting(IdleState::name)
                .containsExactly("core-standby", "core-power-down", "cluster-power-down", "system-power-down");
    }
}

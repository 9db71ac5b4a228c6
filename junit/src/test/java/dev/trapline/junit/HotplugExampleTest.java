package dev.trapline.junit;

import static dev.trapline.junit.GuestRunAssert.assertThat;

import org.junit.jupiter.api.Test;

/// An example: two vCPUs bring up a third one, and each order of events has to be right.
@MachineTest(guest = "../guests/bugs/hotplug-fixed.elf", cpus = 4)
class HotplugExampleTest {

    @ExploreSeeds(value = 200, schedule = "pct:3")
    void theThirdVcpuIsStartedOnce(TestMachine machine) {
        GuestRun run = machine.run();
        assertThat(run).endedWithStatus(0).startedEachVcpuOnce().noCallReturned("PSCI_CPU_ON", -4);
    }

    @Test
    void itWorksInTheUsualOrder(TestMachine machine) {
        assertThat(machine.run()).endedWell().called("PSCI_AFFINITY_INFO");
    }
}

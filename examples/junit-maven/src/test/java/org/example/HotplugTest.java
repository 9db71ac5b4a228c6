package org.example;

import static dev.trapline.junit.GuestRunAssert.assertThat;

import dev.trapline.junit.ExploreSeeds;
import dev.trapline.junit.GuestRun;
import dev.trapline.junit.MachineTest;
import dev.trapline.junit.TestMachine;
import org.junit.jupiter.api.Test;

/// Two vCPUs bring up a third one, and each order of events has to be right.
@MachineTest(guest = "guests/hotplug-fixed.elf", cpus = 4)
class HotplugTest {

    @ExploreSeeds(value = 300, schedule = "pct:3")
    void theThirdVcpuIsStartedOnce(TestMachine machine) {
        GuestRun run = machine.run();
        assertThat(run).endedWithStatus(0).startedEachVcpuOnce();
    }

    @Test
    void itWorksInTheUsualOrder(TestMachine machine) {
        assertThat(machine.run()).endedWell().called("PSCI_AFFINITY_INFO");
    }
}

package org.example;

import static dev.trapline.junit.GuestRunAssert.assertThat;

import dev.trapline.junit.ExploreSeeds;
import dev.trapline.junit.GuestRun;
import dev.trapline.junit.MachineTest;
import dev.trapline.junit.TestMachine;

/// The same guest before its bug was fixed. This test fails, to show what a failure looks like:
/// `mvn test -Dtest=HotplugWithBug`. Its name keeps it out of `mvn test`.
@MachineTest(guest = "guests/hotplug.elf", cpus = 4)
class HotplugWithBug {

    @ExploreSeeds(value = 300, schedule = "pct:3")
    void theThirdVcpuIsStartedOnce(TestMachine machine) {
        GuestRun run = machine.run();
        assertThat(run).endedWithStatus(0).startedEachVcpuOnce();
    }
}

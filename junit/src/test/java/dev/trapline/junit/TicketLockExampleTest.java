package dev.trapline.junit;

import static dev.trapline.junit.GuestRunAssert.assertThat;

/// An example: nobody is in the critical section with another one.
@MachineTest(guest = "../guests/bugs/ticket-lock-fixed.elf", cpus = 4)
class TicketLockExampleTest {

    @ExploreSeeds(value = 200, schedule = "jitter")
    void oneVcpuIsIn(TestMachine machine) {
        assertThat(machine.run())
                .didNotPrint("not alone")
                .endedWithStatus(0)
                .vcpuIsOff(1)
                .vcpuIsOff(3);
    }
}

package dev.trapline.junit;

import static dev.trapline.junit.GuestRunAssert.assertThat;

import dev.trapline.abi.fault.FaultPlan;
import org.assertj.core.api.Assertions;

/// An example: a guest that expects CPU_ON to be refused ends well, whatever is refused.
@MachineTest(guest = "../guests/bugs/ignores-denied-fixed.elf", cpus = 4, faults = "src/test/resources/denied.conf")
class DeniedExampleTest {

    @ExploreSeeds(100)
    void itWaitsOnlyForThoseThatWereStarted(TestMachine machine, FaultPlan faults) {
        GuestRun run = machine.run();
        long started = run.calls("PSCI_CPU_ON").stream()
                .filter(call -> call.result() == 0)
                .count();
        assertThat(run).endedWithStatus(0).printed(started + " vCPUs arrived");
        Assertions.assertThat(faults.rules()).hasSize(1);
    }
}

package dev.trapline.junit;

import static dev.trapline.junit.GuestRunAssert.assertThat;

import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Tests that [MachineExtensionTest] runs: most of them fail.
final class Samples {

    private Samples() {}

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class Hotplug {
        @ExploreSeeds(value = 300, schedule = "pct:3")
        void theThirdVcpuIsStartedByItsOwner(TestMachine machine) {
            assertThat(machine.run()).endedWithStatus(0);
        }
    }

    @MachineTest(guest = "../guests/bugs/ignores-denied.elf", cpus = 4, faults = "src/test/resources/denied.conf")
    static class Denied {
        @ExploreSeeds(20)
        void itEnds(TestMachine machine) {
            assertThat(machine.run()).endedWell();
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class Idle {
        @ExploreSeeds(3)
        void nothingRuns(TestMachine machine) {
            Assertions.assertThat(machine).isNotNull();
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class Twice {
        @Test
        void itRunsTwice(TestMachine machine) {
            machine.run();
            machine.run();
        }
    }

    @MachineTest(guest = "../guests/absent.elf")
    static class Absent {
        @Test
        void itRuns(TestMachine machine) {
            machine.run();
        }
    }

    @MachineTest(guest = "../guests/exit-42.elf")
    static class Unfair {
        @ExploreSeeds(schedule = "fair")
        void itRuns(TestMachine machine) {
            machine.run();
        }
    }

    @MachineTest(guest = "../guests/exit-42.elf", cpus = 99)
    static class TooMany {
        @Test
        void itRuns(TestMachine machine) {
            machine.run();
        }
    }

    @MachineTest(guest = "../guests/exit-42.elf")
    static class Assuming {
        @ExploreSeeds(3)
        void itIsSkipped(TestMachine machine) {
            Assumptions.assumeTrue(machine.run().console().startsWith("never"));
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class Interleaved {
        @Interleaving({"first: vcpu0 for 1457 ticks", "at 0.000026816 s, after vcpu1: vcpu0 for 1456 ticks"})
        void theThirdVcpuIsStartedByItsOwner(TestMachine machine) {
            assertThat(machine.run()).endedWithStatus(0);
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class LessInterleaved {
        @Interleaving("at 0.000026816 s, after vcpu1: vcpu0 for 1456 ticks")
        void theThirdVcpuIsStartedByItsOwner(TestMachine machine) {
            assertThat(machine.run()).endedWithStatus(0);
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class MoreVcpus {
        @Interleaving("first: vcpu4 for 1 tick")
        void itRuns(TestMachine machine) {
            machine.run();
        }
    }

    @MachineTest(guest = "../guests/bugs/hotplug.elf", cpus = 4)
    static class Both {
        @ExploreSeeds(3)
        @Interleaving("first: vcpu0 for 1 tick")
        void itRuns(TestMachine machine) {
            machine.run();
        }
    }

    /// How often CPU_ON was refused with DENIED.
    private static long denied(GuestRun run) {
        return run.calls("PSCI_CPU_ON").stream()
                .filter(call -> call.result() == -3)
                .count();
    }

    @MachineTest(guest = "../guests/bugs/ignores-denied.elf", cpus = 4, faults = "src/test/resources/denied.conf")
    static class UsualSeed {
        @Test
        void twoCallsAreRefused(TestMachine machine) {
            Assertions.assertThat(denied(machine.run())).isEqualTo(2);
        }
    }

    @MachineTest(
            guest = "../guests/bugs/ignores-denied.elf",
            cpus = 4,
            faults = "src/test/resources/denied.conf",
            seed = 3)
    static class AnotherSeed {
        @Test
        void oneCallIsRefused(TestMachine machine) {
            Assertions.assertThat(denied(machine.run())).isEqualTo(1);
        }
    }
}

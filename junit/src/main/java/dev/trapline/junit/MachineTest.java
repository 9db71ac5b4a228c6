package dev.trapline.junit;

import dev.trapline.explore.TestedMachine;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A class whose tests run a guest. A test method may have a parameter of the type [TestMachine], and one of the type
/// [dev.trapline.abi.fault.FaultPlan].
///
/// ```java
/// @MachineTest(guest = "guests/lock.elf", cpus = 4)
/// class LockTest {
///     @ExploreSeeds(500)
///     void theLockIsHeldByOne(TestMachine machine) {
///         assertThat(machine.run()).endedWithStatus(0);
///     }
/// }
/// ```
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MachineExtension.class)
public @interface MachineTest {

    /// The file with the guest: a static ELF. A path that is not absolute begins at the directory in which the
    /// tests run, which is the module's.
    String guest();

    /// vCPUs, 1 to 64.
    int cpus() default 1;

    /// `bare` or `virt`.
    String board() default "bare";

    /// RAM in MiB.
    int memory() default TestedMachine.MEMORY;

    /// A run that has not ended after so many instructions ends with a limit; 0 is no limit.
    long maxInstructions() default TestedMachine.MAX_INSTRUCTIONS;

    /// The file with a plan of faults; none if it is empty.
    String faults() default "";

    /// Decides what a plan of faults leaves open, and the entropy of services, as `run --seed` does. A test with
    /// [ExploreSeeds] has seeds of its own.
    long seed() default 0;
}

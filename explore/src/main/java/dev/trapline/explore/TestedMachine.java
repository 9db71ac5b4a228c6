package dev.trapline.explore;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A machine as a JUnit test describes it.
///
/// @param cpus vCPUs, 1 to 64
/// @param board what is on its board
/// @param memory RAM in MiB
/// @param maxInstructions a run that has not ended after so many instructions ends with a limit; 0 is no limit
/// @param seed decides what a plan of faults leaves open, and the entropy of services
public record TestedMachine(int cpus, BoardKind board, int memory, long maxInstructions, long seed) {

    /// RAM in MiB, unless a test says something else.
    public static final int MEMORY = 128;

    /// Instructions, unless a test says something else.
    public static final long MAX_INSTRUCTIONS = 2_000_000;

    /// How many times longer than the failing run another one may be, if the failing run had no limit.
    private static final long TIMES_LONGER = 10;

    /// The one that is most like another machine: [#differences] tells whether it is the same. A lower limit is
    /// kept only if the failure is that the run does not end: the run of a mended guest may be longer than the
    /// failing one.
    ///
    /// @param failing a run of that machine
    public static TestedMachine like(MachineSpec other, Trial failing) {
        long limit = other.run().maxInstructions();
        boolean isLimit = failing.outcome() instanceof RunOutcome.LimitReached;
        return new TestedMachine(
                other.cpus().count(),
                other.board().kind(),
                (int) (other.board().ramBytes() >> 20),
                isLimit ? limit : Math.max(Math.max(MAX_INSTRUCTIONS, limit), longer(failing.instructions())),
                ScheduleSpec.DEFAULT.seed());
    }

    /// In whole millions.
    private static long longer(long instructions) {
        return (TIMES_LONGER * instructions / 1_000_000 + 1) * 1_000_000;
    }

    /// The same with another seed.
    public TestedMachine withSeed(long other) {
        return new TestedMachine(cpus, board, memory, maxInstructions, other);
    }

    /// The machine.
    ///
    /// @throws IllegalArgumentException if there is no such machine: the message says why
    public MachineSpec spec() {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(cpus))
                .with(BoardSpec.DEFAULT.withKind(board).withRam((long) memory << 20))
                .with(ScheduleSpec.DEFAULT.withSeed(seed))
                .with(RunSpec.DEFAULT.withMaxInstructions(maxInstructions));
    }

    /// What another machine has that a test cannot describe. Whether a service is answered in place makes no
    /// difference.
    ///
    /// @param services of the other machine
    public List<String> differences(MachineSpec other, List<ServiceDescriptor> services) {
        MachineSpec own = spec();
        List<String> differences = new ArrayList<>();
        add(differences, "its CPUs", !own.cpus().equals(other.cpus()));
        add(differences, "its board", !own.board().equals(other.board()));
        add(
                differences,
                "the length of a round",
                own.schedule().quantum() != other.schedule().quantum());
        add(
                differences,
                "the costs of exits",
                !own.schedule().exitCosts().equals(other.schedule().exitCosts()));
        add(
                differences,
                "what a reset does",
                own.run().rebootOnReset() != other.run().rebootOnReset());
        Policy policy = other.firmware().policy();
        SortedMap<String, Boolean> toggles = new TreeMap<>(policy.toggles());
        SortedMap<String, String> settings = new TreeMap<>(other.firmware().settings());
        for (ServiceDescriptor service : services) {
            toggles.remove(ServiceDescriptor.toggleToUser(service.name()));
            service.settings().forEach(each -> settings.remove(service.name() + "." + each.key(), each.defaultValue()));
        }
        add(
                differences,
                "the settings of its services",
                !own.firmware().settings().equals(settings));
        add(differences, "its policy", !own.firmware().policy().equals(new Policy(toggles, policy.rules())));
        return differences;
    }

    private static void add(List<String> differences, String name, boolean differs) {
        if (differs) {
            differences.add(name);
        }
    }
}

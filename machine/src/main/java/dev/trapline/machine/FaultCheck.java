package dev.trapline.machine;

import dev.trapline.abi.Width;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// Checks that the rules of a plan can meet calls of a machine. A rule that never can is a mistake.
public final class FaultCheck {

    private static final int LAST_R = 14;

    private FaultCheck() {}

    /// Checks a plan.
    ///
    /// @param services the machine's
    /// @throws IllegalArgumentException if a rule can never meet a call, or has no such effect; the message names
    ///     it
    public static void require(FaultPlan plan, MachineSpec machine, Collection<ServiceDescriptor> services) {
        for (FaultRule rule : plan.rules()) {
            requireVcpus(rule, machine.cpus().count());
            requireServices(rule, services);
            requireFunctions(rule, services);
            requireRegisters(rule, machine.cpus().width());
        }
    }

    private static void requireVcpus(FaultRule rule, int count) {
        rule.where().vcpus().stream()
                .filter(vcpu -> vcpu.index() >= count)
                .findFirst()
                .ifPresent(vcpu -> {
                    throw never(
                            rule,
                            "the machine has no vCPU " + vcpu.index() + ", it has "
                                    + (count == 1 ? "vCPU 0 alone" : "0 to " + (count - 1)));
                });
    }

    private static void requireServices(FaultRule rule, Collection<ServiceDescriptor> services) {
        List<String> names = services.stream().map(ServiceDescriptor::name).toList();
        rule.where().services().stream()
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw never(
                            rule, "there is no service '" + name + "' (there are: " + String.join(", ", names) + ")");
                });
    }

    /// Calls of a function that no service knows are denied. They can be refused in another way, but there is
    /// nobody who could answer them wrongly.
    private static void requireFunctions(FaultRule rule, Collection<ServiceDescriptor> services) {
        boolean needed = rule.what().needsService() || !rule.where().services().isEmpty();
        for (Functions functions : needed ? rule.where().functions() : List.<Functions>of()) {
            boolean known = services.stream()
                    .filter(service -> rule.where().services().isEmpty()
                            || rule.where().services().contains(service.name()))
                    .anyMatch(service -> knows(service, functions));
            if (!known) {
                throw never(
                        rule,
                        "no service"
                                + (rule.where().services().isEmpty()
                                        ? ""
                                        : rule.where().services().stream()
                                                .collect(Collectors.joining(", ", " of ", "")))
                                + " has " + functions + ", so no call of it has this fault");
            }
        }
    }

    private static boolean knows(ServiceDescriptor service, Functions functions) {
        return service.claims().stream().anyMatch(claim -> {
            long first = Integer.toUnsignedLong(claim.first().value());
            long last = Integer.toUnsignedLong(claim.last().value());
            return switch (functions) {
                case Functions.One(FunctionId function) -> {
                    long id = Integer.toUnsignedLong(function.value());
                    yield first <= id && id <= last;
                }
                case Functions.Range(FunctionId base, long count) -> {
                    long begin = Integer.toUnsignedLong(base.value());
                    yield first < begin + count && begin <= last;
                }
                case Functions.Owner _ -> functions.contain(claim.first().value());
                case Functions.Any _ -> true;
            };
        });
    }

    private static void requireRegisters(FaultRule rule, Width width) {
        int last = Integer.SIZE
                - 1
                - Integer.numberOfLeadingZeros(writes(rule.what()).mask());
        if (width == Width.AARCH32 && last > LAST_R) {
            throw never(rule, "a vCPU of this AArch32 machine has r0 to r14, and no x" + last);
        }
    }

    /// The registers that a fault changes.
    static RegisterWrites writes(CallFault fault) {
        return switch (fault) {
            case CallFault.Refused(RegisterWrites result) -> result;
            case CallFault.WrongArgument(RegisterWrites arguments) -> arguments;
            case CallFault.WrongResult(RegisterWrites registers) -> registers;
            case CallFault.Crashed(CallFault.Crashed.When _, RegisterWrites error) -> error;
            case CallFault.Late _, CallFault.Lost _, CallFault.Repeated _, CallFault.Forgotten _ -> RegisterWrites.NONE;
        };
    }

    private static IllegalArgumentException never(FaultRule rule, String why) {
        return new IllegalArgumentException(rule.origin() + ": the fault '" + rule.name() + "': " + why);
    }
}

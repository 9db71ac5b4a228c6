package dev.trapline.machine;

import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.board.Board;
import dev.trapline.machine.choice.DrawnFaults;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Checks that the rules of a plan can meet calls of a machine, and that it can have their faults. A rule that never
/// can is a mistake.
public final class FaultCheck {

    private FaultCheck() {}

    /// Checks a plan.
    ///
    /// @param board the machine's
    /// @param services the machine's
    /// @throws IllegalArgumentException if a rule can never meet a call, or has no such effect; the message names
    ///     it
    public static void require(
            FaultPlan plan, MachineSpec machine, Board board, Collection<ServiceDescriptor> services) {
        int count = machine.cpus().count();
        for (FaultRule rule : plan.rules()) {
            if (rule.where() instanceof CallPattern where) {
                requireVcpus(rule, where.vcpus(), count);
                requireServices(rule, where, services);
                requireFunctions(rule, where, services);
            }
            switch (rule.what()) {
                case CallFault fault ->
                    requireRegisters(rule, fault, machine.cpus().width());
                case MachineFault fault -> {
                    requireVcpus(rule, fault.targets().vcpus(), count);
                    requirePossible(rule, fault, machine, board);
                }
                case InputFault _ -> requireInput(rule, machine);
            }
        }
    }

    private static void requireInput(FaultRule rule, MachineSpec machine) {
        if (rule.where() instanceof InputPattern(InputPattern.Kind kind)
                && kind == InputPattern.Kind.NETWORK
                && machine.board().network().kind() != NetworkKind.SWITCH) {
            throw never(rule, "no frames come to this machine: it is not connected with others (--network switch)");
        }
    }

    private static void requirePossible(FaultRule rule, MachineFault fault, MachineSpec machine, Board board) {
        for (Injection what : DrawnFaults.some(fault, machine)) {
            String impossible = what instanceof Injection.Defect defect
                    ? board.defects().whyNot(defect)
                    : Upsets.whyNever(what, machine);
            if (!impossible.isEmpty()) {
                throw never(rule, impossible);
            }
        }
    }

    private static void requireVcpus(FaultRule rule, Set<VcpuId> vcpus, int count) {
        vcpus.stream().filter(vcpu -> vcpu.index() >= count).findFirst().ifPresent(vcpu -> {
            throw never(
                    rule,
                    "the machine has no vCPU " + vcpu.index() + ", it has "
                            + (count == 1 ? "vCPU 0 alone" : "0 to " + (count - 1)));
        });
    }

    private static void requireServices(FaultRule rule, CallPattern where, Collection<ServiceDescriptor> services) {
        List<String> names = services.stream().map(ServiceDescriptor::name).toList();
        where.services().stream()
                .filter(name -> !names.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw never(
                            rule, "there is no service '" + name + "' (there are: " + String.join(", ", names) + ")");
                });
    }

    /// Calls of a function that no service knows are denied. They can be refused in another way, but there is
    /// nobody who could answer them wrongly.
    private static void requireFunctions(FaultRule rule, CallPattern where, Collection<ServiceDescriptor> services) {
        boolean ofService = rule.what() instanceof CallFault fault && fault.needsService();
        boolean needed = ofService || !where.services().isEmpty();
        for (Functions functions : needed ? where.functions() : List.<Functions>of()) {
            boolean known = services.stream()
                    .filter(service ->
                            where.services().isEmpty() || where.services().contains(service.name()))
                    .anyMatch(service -> knows(service, functions));
            if (!known) {
                throw never(
                        rule,
                        "no service"
                                + (where.services().isEmpty()
                                        ? ""
                                        : where.services().stream().collect(Collectors.joining(", ", " of ", "")))
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

    private static void requireRegisters(FaultRule rule, CallFault fault, Width width) {
        int last = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(writes(fault).mask());
        if (width == Width.AARCH32 && last > Injection.RegisterFlip.LAST_R) {
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

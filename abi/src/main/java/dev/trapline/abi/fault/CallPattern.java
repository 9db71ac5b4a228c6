package dev.trapline.abi.fault;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.policy.Functions;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where a rule's fault is possible: the calls that it may meet.
///
/// @param vcpus the callers
/// @param conduits one or both of them
/// @param functions one of which it must call; empty for any call
/// @param services one of which gets it; empty for any call, denied ones too
public record CallPattern(Set<VcpuId> vcpus, Set<Conduit> conduits, List<Functions> functions, Set<String> services)
        implements FaultPlace {

    /// Every call.
    public static final CallPattern ANY = new CallPattern(
            Collections.emptySortedSet(), EnumSet.allOf(Conduit.class), List.of(), Collections.emptySortedSet());

    /// @param vcpus empty for all
    public CallPattern {
        if (conduits.isEmpty()) {
            throw new IllegalArgumentException("a pattern without a conduit meets no call");
        }
        vcpus = Collections.unmodifiableSet(new TreeSet<>(vcpus));
        conduits = Collections.unmodifiableSet(EnumSet.copyOf(conduits));
        functions = List.copyOf(functions);
        services = Collections.unmodifiableSet(new TreeSet<>(services));
    }

    /// The same calls, of these functions alone.
    public CallPattern of(List<Functions> others) {
        return new CallPattern(vcpus, conduits, others, services);
    }

    /// The same calls, by these vCPUs alone.
    public CallPattern by(Set<VcpuId> others) {
        return new CallPattern(others, conduits, functions, services);
    }

    /// The same calls, by these conduits alone.
    public CallPattern through(Set<Conduit> others) {
        return new CallPattern(vcpus, others, functions, services);
    }

    /// The same calls, to these services alone.
    public CallPattern to(Set<String> others) {
        return new CallPattern(vcpus, conduits, functions, others);
    }

    /// Whether a call is one of these.
    ///
    /// @param function its function, as the machine names it
    /// @param service which gets it; null if none does
    public boolean meets(VcpuId caller, HypercallExit exit, int function, @Nullable String service) {
        return (vcpus.isEmpty() || vcpus.contains(caller))
                && conduits.contains(exit.conduit())
                && (services.isEmpty() || (service != null && services.contains(service)))
                && calls(exit, function);
    }

    /// In words: `calls of 0xC4000003 to psci by vcpu0`.
    @Override
    public String toString() {
        String text = functions.isEmpty() ? "all calls" : "calls of " + joined(functions);
        text += services.isEmpty() ? "" : " to " + joined(services);
        text += vcpus.isEmpty() ? "" : " by " + joined(vcpus);
        return text + (conduits.size() == Conduit.values().length ? "" : " through " + joined(conduits));
    }

    private static String joined(Collection<?> parts) {
        return parts.stream().map(String::valueOf).collect(Collectors.joining(" or "));
    }

    private boolean calls(HypercallExit exit, int function) {
        if (functions.isEmpty()) {
            return true;
        }
        // With another #imm, w0 is no function.
        if (exit.immediate() != 0) {
            return false;
        }
        for (Functions some : functions) {
            if (some.contain(function)) {
                return true;
            }
        }
        return false;
    }
}

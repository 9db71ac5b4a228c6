package dev.trapline.abi.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The immutable table that decides what becomes of every call, and that anybody can ask without making it.
///
/// Total: each (conduit, #imm, function identifier, execution state) has exactly one verdict. What no rule names goes
/// to the service that claims it, in place if that service is resident; what no service claims is denied. Nothing is
/// hard-coded: PSCI is an ordinary entry. [Kind] is the order in which toggles, rules and defaults decide. A look-up
/// allocates nothing.
public final class CapabilityRegistry implements Capabilities {

    private static final Verdict WIDTH = new Verdict(
            new Decision.Denied(Decision.Reason.WIDTH),
            new Verdict.ByDefault("a 64-bit function identifier from AArch32 state (DEN0028 §2.7)"));
    private static final Decision CONDITION = new Decision.Denied(Decision.Reason.CONDITION);
    private static final int SMC64 = 1 << 30;

    private final Plane[] planes;

    /// A stretch of function identifiers with one verdict.
    public record Entry(Claim range, Verdict verdict) {}

    private CapabilityRegistry(Plane[] planes) {
        this.planes = planes;
    }

    /// Builds the table.
    ///
    /// @param services all services of the machine
    /// @throws RegistryException with everything that is wrong with the policy or with the services together
    public static CapabilityRegistry of(Collection<ServiceDescriptor> services, Policy policy) {
        List<RegistryError> errors = new RegistryCheck(services, policy).errors();
        if (!errors.isEmpty()) {
            throw new RegistryException(errors);
        }
        return new CapabilityRegistry(new RegistryCompiler(services, policy).compile());
    }

    /// What becomes of a call that was made.
    public Decision decide(HypercallExit exit) {
        return exit.conditionPassed()
                ? query(exit.conduit(), exit.immediate(), (int) exit.registers().x(0), exit.state())
                        .decision()
                : CONDITION;
    }

    /// What would become of a call, without making it.
    ///
    /// @param immediate the instruction's #imm, 0 to 65535
    /// @param functionId the value of w0
    public Verdict query(Conduit conduit, int immediate, int functionId, ExecutionState state) {
        if (immediate == 0 && (functionId & SMC64) != 0 && state.isAarch32()) {
            return WIDTH;
        }
        return planes[planeOf(conduit, state)].at(immediate, functionId);
    }

    @Override
    public Fate fate(Conduit conduit, int immediate, int functionId, ExecutionState state) {
        return switch (query(conduit, immediate, functionId, state).decision()) {
            case Decision.Denied _ -> Fate.DENIED;
            case Decision.Resident _ -> Fate.RESIDENT;
            case Decision.Forwarded _ -> Fate.FORWARDED;
        };
    }

    /// All SMCCC calls by a conduit from a state: disjoint stretches in ascending order that cover every
    /// identifier, each with what [#query] says to all of its calls.
    public List<Entry> entries(Conduit conduit, ExecutionState state) {
        return entries(conduit, 0, state);
    }

    /// The same for one #imm.
    ///
    /// @param immediate 0 to 65535
    public List<Entry> entries(Conduit conduit, int immediate, ExecutionState state) {
        DecisionTable table = planes[planeOf(conduit, state)].table(immediate);
        boolean narrow = immediate == 0 && state.isAarch32();
        List<Entry> entries = new ArrayList<>();
        for (int stretch = 0; stretch < table.size(); stretch++) {
            long last = table.last(stretch);
            long first = table.first(stretch);
            while (first <= last) {
                // From AArch32 state all calls of the other width have one verdict, whatever the table says.
                long end = narrow ? Math.min(last, endOfWidth(first)) : last;
                boolean wide = narrow && ((int) first & SMC64) != 0;
                append(entries, first, end, wide ? WIDTH : table.verdict(stretch));
                first = end + 1;
            }
        }
        return entries;
    }

    /// The last identifier with the same two upper bits: whether fast, and of which width.
    private static long endOfWidth(long identifier) {
        return identifier | SMC64 - 1;
    }

    private static void append(List<Entry> entries, long first, long last, Verdict verdict) {
        FunctionId from = new FunctionId((int) first);
        if (!entries.isEmpty() && entries.getLast().verdict().equals(verdict)) {
            from = entries.removeLast().range().first();
        }
        entries.add(new Entry(new Claim(from, new FunctionId((int) last)), verdict));
    }

    /// Every #imm other than 0 that a rule names or a service claims, ascending; all others are denied.
    public List<Integer> immediates(Conduit conduit, ExecutionState state) {
        List<Integer> named = new ArrayList<>();
        for (int immediate : planes[planeOf(conduit, state)].immediates()) {
            named.add(immediate);
        }
        return named;
    }

    static int planeOf(Conduit conduit, ExecutionState state) {
        return switch (state) {
                    case A64 -> 0;
                    case A32 -> 1;
                    case T32 -> 2;
                }
                + (conduit == Conduit.SMC ? 0 : 3);
    }
}

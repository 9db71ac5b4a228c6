package dev.trapline.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// The immutable table that decides every call. It can also be queried without making a call.
///
/// Total: each (conduit, #imm, function identifier, execution state) has exactly one decision. A call that no rule
/// names goes to the service that claims it, in place if that service is resident. A call that no service claims is
/// denied. Nothing is hard-coded: PSCI is an ordinary entry. [dev.trapline.abi.policy.Kind] is the order in which
/// toggles, rules and defaults decide. A look-up allocates nothing.
public final class CapabilityRegistry implements Capabilities {

    private static final Decided WIDTH = new Decided(
            new Decision.Denied(Decision.Reason.WIDTH),
            new Decided.ByDefault("a 64-bit function identifier from AArch32 state (DEN0028 §2.7)"));
    private static final Decision CONDITION = new Decision.Denied(Decision.Reason.CONDITION);
    private static final int SMC64 = 1 << 30;
    private static final long LAST = 0xffff_ffffL;
    private static final long LAST_YIELDING = 0x7fff_ffffL;
    /// The number of an owner's fast calls of one width without the SVE hint. There are as many with it; the others
    /// have other reserved bits set.
    private static final long HINT_BLOCK = 1 << 16;

    private static final long OWNER_BLOCK = 1 << 24;

    private final Plane[] planes;
    private final boolean takesHints;
    private final List<FunctionId> functions;
    private final SortedSet<FunctionId> absent;

    /// A range of function identifiers with one decision.
    public record Entry(Claim range, Decided decided) {}

    private CapabilityRegistry(
            Plane[] planes, boolean takesHints, List<FunctionId> functions, SortedSet<FunctionId> absent) {
        this.planes = planes;
        this.takesHints = takesHints;
        this.functions = functions;
        this.absent = absent;
    }

    /// Builds the table.
    ///
    /// @param services all services of the machine
    /// @throws RegistryException with all errors of the policy, and all conflicts between services
    public static CapabilityRegistry of(Collection<ServiceDescriptor> services, Policy policy) {
        return of(services, policy, Collections.emptySortedSet());
    }

    /// The table for another policy, for the same machine.
    ///
    /// @throws RegistryException as [#of]
    public CapabilityRegistry under(Collection<ServiceDescriptor> services, Policy policy) {
        return of(services, policy, absent);
    }

    /// The same table for a machine whose services lack some of the functions that they describe: see [#offers].
    /// Decisions do not change.
    ///
    /// @param lacking functions that a service describes but does not have
    public CapabilityRegistry without(Collection<FunctionId> lacking) {
        SortedSet<FunctionId> missing = new TreeSet<>(lacking);
        return new CapabilityRegistry(
                planes,
                takesHints,
                functions.stream().filter(id -> !missing.contains(id)).toList(),
                missing);
    }

    private static CapabilityRegistry of(
            Collection<ServiceDescriptor> services, Policy policy, SortedSet<FunctionId> absent) {
        List<RegistryError> errors = new RegistryCheck(services, policy).errors();
        if (!errors.isEmpty()) {
            throw new RegistryException(errors);
        }
        List<FunctionId> functions = services.stream()
                .flatMap(service -> service.functions().stream())
                .map(ServiceDescriptor.Function::id)
                .filter(id -> !absent.contains(id))
                .sorted()
                .distinct()
                .toList();
        return new CapabilityRegistry(
                new RegistryCompiler(services, policy).compile(),
                policy.isOn(Toggle.SVE_HINT, true),
                functions,
                absent);
    }

    /// Decides a call that a guest made.
    public Decision decide(HypercallExit exit) {
        return exit.conditionPassed()
                ? query(exit.conduit(), exit.immediate(), (int) exit.registers().x(0), exit.state())
                        .decision()
                : CONDITION;
    }

    /// The decision for a call, and its source, without making the call.
    ///
    /// @param immediate the instruction's #imm, 0 to 65535
    /// @param functionId the value of w0
    public Decided query(Conduit conduit, int immediate, int functionId, ExecutionState state) {
        if (immediate == 0 && (functionId & SMC64) != 0 && state.isAarch32()) {
            return WIDTH;
        }
        return planes[planeOf(conduit, state)].at(immediate, identifier(immediate, functionId));
    }

    /// The identifier to look up: without the SVE hint, if it has one. Only this method removes the hint, so that a
    /// query and a call cannot differ.
    private int identifier(int immediate, int functionId) {
        return immediate == 0 && takesHints ? FunctionId.withoutSveHint(functionId) : functionId;
    }

    @Override
    public FunctionId named(int functionId) {
        return new FunctionId(identifier(0, functionId));
    }

    @Override
    public boolean offers(FunctionId function) {
        return !absent.contains(function);
    }

    @Override
    public List<FunctionId> functions() {
        return functions;
    }

    @Override
    public DecisionKind decisionOn(Conduit conduit, int immediate, int functionId, ExecutionState state) {
        return switch (query(conduit, immediate, functionId, state).decision()) {
            case Decision.Denied _ -> DecisionKind.DENIED;
            case Decision.Resident _ -> DecisionKind.RESIDENT;
            case Decision.Forwarded _ -> DecisionKind.FORWARDED;
        };
    }

    /// All SMCCC calls by a conduit from a state: disjoint ranges in ascending order that cover every identifier,
    /// each with the result of [#query] for all its calls.
    public List<Entry> entries(Conduit conduit, ExecutionState state) {
        return entries(conduit, 0, state);
    }

    /// The same for one #imm.
    ///
    /// @param immediate 0 to 65535
    public List<Entry> entries(Conduit conduit, int immediate, ExecutionState state) {
        DecisionTable table = planes[planeOf(conduit, state)].table(immediate);
        List<Entry> entries = new ArrayList<>();
        long first = 0;
        while (first <= LAST) {
            int lookedUp = identifier(immediate, (int) first);
            long lastOfRange = table.last(table.range(lookedUp)) + first - Integer.toUnsignedLong(lookedUp);
            long last = Math.min(lastOfRange, endOfKind(first, immediate, state));
            append(entries, first, last, query(conduit, immediate, (int) first, state));
            first = last + 1;
        }
        return entries;
    }

    /// The last identifier that is looked up in the same way as this one: of the same width, if that matters, and
    /// with or without the SVE hint.
    private long endOfKind(long identifier, int immediate, ExecutionState state) {
        if (immediate != 0) {
            return LAST;
        }
        if (takesHints && new FunctionId((int) identifier).isFast()) {
            boolean mayHaveHint = (identifier & OWNER_BLOCK - 1) < 2 * HINT_BLOCK;
            return identifier | (mayHaveHint ? HINT_BLOCK : OWNER_BLOCK) - 1;
        }
        if (state.isAarch32()) {
            return identifier | SMC64 - 1;
        }
        return takesHints ? LAST_YIELDING : LAST;
    }

    private static void append(List<Entry> entries, long first, long last, Decided decided) {
        FunctionId from = new FunctionId((int) first);
        if (!entries.isEmpty() && entries.getLast().decided().equals(decided)) {
            from = entries.removeLast().range().first();
        }
        entries.add(new Entry(new Claim(from, new FunctionId((int) last)), decided));
    }

    /// Every #imm other than 0 that a rule names or a service claims, ascending. All others are denied.
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

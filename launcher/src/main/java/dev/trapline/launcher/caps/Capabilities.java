package dev.trapline.launcher.caps;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.config.LayeredConfig;
import dev.trapline.launcher.options.IdlePolicy;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.Decided;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A policy, the registry compiled from it, and their description in words.
public final class Capabilities {

    private final List<ServiceDescriptor> services;
    private final Policy policy;
    private final CapabilityRegistry registry;
    private final FirmwareRegisters registers;
    private final List<Toggle> toggles;
    private final SortedMap<String, String> toggleOrigins;
    private final SortedMap<FunctionId, String> names = new TreeMap<>();

    private Capabilities(
            List<ServiceDescriptor> services, MachineSpec machine, SortedMap<String, String> toggleOrigins) {
        this.services = List.copyOf(services);
        this.policy = machine.firmware().policy();
        this.registers =
                new FirmwareRegisters(services, policy, machine.firmware().settings());
        this.registry = CapabilityRegistry.of(services, policy);
        this.toggles = Toggle.of(services);
        this.toggleOrigins = toggleOrigins;
        services.forEach(s -> s.functions().forEach(f -> names.put(f.id(), f.name())));
    }

    /// Reads the whole configuration, so that every error that a run would report is reported here, too.
    static Capabilities of(LayeredConfig layers, List<ServiceDescriptor> services) {
        MachineSpec machine = layers.validate(services).machine();
        return new Capabilities(services, machine, layers.toggleOrigins(services));
    }

    CapabilityRegistry registry() {
        return registry;
    }

    /// Finds configuration keys that have no effect on the capabilities.
    IdlePolicy idle(LayeredConfig layers) {
        return new IdlePolicy(layers, policy, services);
    }

    FirmwareRegisters registers() {
        return registers;
    }

    List<Toggle> toggles() {
        return toggles;
    }

    /// Whether bit 16 of a fast call is the SVE hint.
    boolean takesHints() {
        return policy.isOn(Toggle.SVE_HINT, true);
    }

    boolean isOn(Toggle toggle) {
        return policy.isOn(toggle.name(), toggle.defaultOn());
    }

    /// Where a toggle was set: a file and line, an option, or `default`.
    String origin(Toggle toggle) {
        return toggleOrigins.getOrDefault(toggle.name(), "default");
    }

    /// The name of a function, from the service that claims it; null if no service names it.
    @Nullable
    String name(FunctionId function) {
        return names.get(function);
    }

    /// The functions in a range that have a name.
    SortedMap<FunctionId, String> names(Claim range) {
        SortedMap<FunctionId, String> within = new TreeMap<>();
        names.tailMap(range.first()).forEach((id, name) -> {
            if (range.contains(id)) {
                within.put(id, name);
            }
        });
        return within;
    }

    /// Finds a function by its name ([Function#name]); null if no service has one of that name. If two functions
    /// have the same name, the one of the caller's register width is returned.
    @Nullable
    FunctionId function(String name, ExecutionState state) {
        FunctionId found = null;
        for (Map.Entry<FunctionId, String> entry : names.entrySet()) {
            boolean fits = entry.getKey().is64() != state.isAarch32();
            if (entry.getValue().equalsIgnoreCase(name) && (found == null || fits)) {
                found = entry.getKey();
            }
        }
        return found;
    }

    /// A decision in one word.
    static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Resident _ -> "resident";
            case Decision.Forwarded _ -> "forwarded";
            case Decision.Denied _ -> "denied";
        };
    }

    /// The service that answers; empty if the call is denied.
    static String service(Decision decision) {
        return switch (decision) {
            case Decision.Resident(String service) -> service;
            case Decision.Forwarded(String service) -> service;
            case Decision.Denied _ -> "";
        };
    }

    /// Where the decision was declared. If a toggle decides by default whether a service is resident, this is where
    /// the toggle was set.
    String declared(Decided decided) {
        return switch (decided.source()) {
            case Decided.ByRule(var rule) ->
                // A rule forwards to a resident service, so the service's toggle takes part in the decision.
                decided.decision() instanceof Decision.Resident(String service)
                                && rule.action() instanceof dev.trapline.abi.policy.Action.Forward
                        ? rule.origin() + ", and " + isOff(ServiceDescriptor.toggleToUser(service))
                        : rule.origin();
            case Decided.ByToggle(String toggle) -> toggleOrigins.getOrDefault(toggle, "default");
            case Decided.ByDefault _ -> declaredByDefault(decided);
        };
    }

    private String declaredByDefault(Decided decided) {
        String toggle = switch (decided.decision()) {
            case Decision.Resident(String service) -> ServiceDescriptor.toggleToUser(service);
            case Decision.Denied(Decision.Reason reason) ->
                reason == Decision.Reason.NOT_FORWARDED ? Toggle.FORWARD_UNHANDLED : "";
            case Decision.Forwarded _ -> "";
        };
        return toggleOrigins.containsKey(toggle) ? isOff(toggle) : "default";
    }

    private String isOff(String toggle) {
        return "'" + toggle + "' is off at " + toggleOrigins.getOrDefault(toggle, "default");
    }

    /// A decision as JSON: the decision itself, and the service that answers, or the reason why the call is denied.
    public static JsonObject json(Decision decision) {
        JsonObject fields = new JsonObject().with("decision", decision(decision));
        return decision instanceof Decision.Denied(Decision.Reason reason)
                ? fields.with("reason", reason.description())
                : fields.with("service", service(decision));
    }

    /// A decision and its source, as JSON.
    public JsonObject json(Decided decided) {
        return json(decided.decision())
                .with("source", decided.kind().description())
                .with("because", decided.decidedBy())
                .with("declared", declared(decided));
    }

    /// An owner of calls, as JSON.
    static JsonObject owner(FunctionId function) {
        return new JsonObject().with("number", function.owner()).with("name", CallOwner.name(function));
    }

    /// Functions, as JSON.
    static List<Object> functions(SortedMap<FunctionId, String> functions) {
        List<Object> listed = new ArrayList<>();
        functions.forEach((id, name) ->
                listed.add(new JsonObject().with("functionId", id.toString()).with("function", name)));
        return listed;
    }
}

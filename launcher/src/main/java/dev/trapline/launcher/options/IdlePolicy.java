package dev.trapline.launcher.options;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.config.GivenKey;
import dev.trapline.config.LayeredConfig;
import dev.trapline.registry.CapabilityRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds keys of the section `firmware` that change no decision, because stronger keys decide.
public record IdlePolicy(LayeredConfig layers, Policy policy, List<ServiceDescriptor> services) {

    private static final String ROOT = "trapline.";
    private static final String TOGGLES = "firmware.toggles.";
    private static final String RESIDENT = "firmware.resident";

    /// These toggles change how a call is read, not how it is decided.
    private static final List<String> NOT_OF_DECISIONS = List.of(Toggle.SVE_HINT, Toggle.EXPORT_FAILED_CONDITION_CALLS);

    /// Calls with the same decision.
    private record Part(long first, long last, Decision decision) {}

    /// Adds a rule for each such key.
    public void add(WithoutEffect rules) {
        CapabilityRegistry registry = CapabilityRegistry.of(services, policy);
        HiddenRules.among(policy.rules(), registry).forEach(sentence -> rules.part("firmware.rules", sentence));
        Set<String> given = new TreeSet<>();
        layers.given().stream().map(GivenKey::path).forEach(given::add);
        for (Toggle toggle : Toggle.of(services)) {
            String key = TOGGLES + toggle.name();
            if (given.contains(ROOT + key)) {
                rules.when(isIdle(toggle), "it changes no decision: stronger keys decide", key);
            }
        }
        if (given.contains(ROOT + RESIDENT)) {
            layers.resident().forEach(service -> addResident(service, given, rules));
        }
        for (ServiceDescriptor service : services) {
            rules.when(
                    !policy.isOn(service.name(), true),
                    "the toggle '" + service.name() + "' switches the service off",
                    "firmware.services." + service.name() + ".");
        }
    }

    private void addResident(String service, Set<String> given, WithoutEffect rules) {
        String name = ServiceDescriptor.toggleToUser(service);
        String what = "'" + service + "' in " + RESIDENT + " has no effect: ";
        if (given.contains(ROOT + TOGGLES + name)) {
            rules.part(RESIDENT, what + "the toggle '" + name + "' is set, and overrides it");
        } else if (isIdle(new Toggle(name, true, ""))) {
            rules.part(RESIDENT, what + "it changes no decision");
        }
    }

    private boolean isIdle(Toggle toggle) {
        boolean on = policy.isOn(toggle.name(), toggle.defaultOn());
        return !NOT_OF_DECISIONS.contains(toggle.name())
                && decisions(policy).equals(decisions(policy.with(toggle.name(), !on)));
    }

    private List<List<Part>> decisions(Policy of) {
        CapabilityRegistry registry = CapabilityRegistry.of(services, of);
        List<List<Part>> all = new ArrayList<>();
        for (Conduit conduit : Conduit.values()) {
            for (ExecutionState state : ExecutionState.values()) {
                List<Integer> immediates = new ArrayList<>(registry.immediates(conduit, state));
                immediates.add(0);
                immediates.forEach(immediate -> all.add(parts(registry.entries(conduit, immediate, state))));
            }
        }
        return all;
    }

    private static List<Part> parts(List<CapabilityRegistry.Entry> entries) {
        List<Part> parts = new ArrayList<>();
        for (CapabilityRegistry.Entry entry : entries) {
            Decision decision = entry.decided().decision();
            long first = Integer.toUnsignedLong(entry.range().first().value());
            if (!parts.isEmpty() && parts.getLast().decision().equals(decision)) {
                first = parts.removeLast().first();
            }
            parts.add(
                    new Part(first, Integer.toUnsignedLong(entry.range().last().value()), decision));
        }
        return parts;
    }
}

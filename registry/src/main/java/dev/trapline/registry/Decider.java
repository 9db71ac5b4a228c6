package dev.trapline.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Decision.Denied;
import dev.trapline.abi.policy.Decision.Reason;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import org.jspecify.annotations.Nullable;

/// How a policy decides a call, given the rule that names it and the service that claims it.
final class Decider {

    private final Policy policy;

    Decider(Policy policy) {
        this.policy = policy;
    }

    /// The decision for all calls of a conduit that is switched off; null if it is on.
    @Nullable
    Decided conduitOff(Conduit conduit) {
        String toggle = conduit == Conduit.SMC ? Toggle.SMC : Toggle.HVC;
        return policy.isOn(toggle, true) ? null : toggleOff(toggle);
    }

    /// The decision for an #imm that no rule or claim names.
    Decided unnamedImmediate() {
        return byDefault(new Denied(Reason.IMMEDIATE), "no rule names its #imm, and no service claims it");
    }

    /// The decision for a call with a rule, a claim, both or neither.
    Decided of(@Nullable Rule rule, @Nullable ServiceDescriptor claimant, int immediate) {
        if (rule == null) {
            return unruled(claimant, immediate);
        }
        return switch (rule.action()) {
            case Action.Deny _ -> byRule(rule, new Denied(Reason.BY_RULE));
            case Action.Resident _ ->
                claimant == null
                        ? unruled(null, immediate)
                        : answered(claimant.name(), byRule(rule, inPlace(claimant.name())));
            case Action.Forward(@Nullable String named) -> {
                String service = named != null || claimant == null ? named : claimant.name();
                yield service == null ? unruled(null, immediate) : answered(service, byRule(rule, forwarded(service)));
            }
        };
    }

    private Decided unruled(@Nullable ServiceDescriptor claimant, int immediate) {
        if (claimant == null) {
            return immediate == 0
                    ? byDefault(new Denied(Reason.UNCLAIMED), "no service claims it")
                    : unnamedImmediate();
        }
        String service = claimant.name();
        String claim = "service '" + service + "' claims it";
        if (policy.isResident(service)) {
            return answered(service, byDefault(inPlace(service), claim + " and is resident"));
        }
        return answered(
                service,
                policy.isOn(Toggle.FORWARD_UNHANDLED, true)
                        ? byDefault(forwarded(service), claim)
                        : byDefault(new Denied(Reason.NOT_FORWARDED), "'" + Toggle.FORWARD_UNHANDLED + "' is off"));
    }

    /// A toggle overrides every other source.
    private Decided answered(String service, Decided decided) {
        return policy.isOn(service, true) ? decided : toggleOff(service);
    }

    private static Decision inPlace(String service) {
        return new Decision.Resident(service);
    }

    /// A resident service has no actor to forward to, so its toggle overrides a rule.
    private Decision forwarded(String service) {
        return policy.isResident(service) ? inPlace(service) : new Decision.Forwarded(service);
    }

    private static Decided toggleOff(String toggle) {
        return new Decided(new Denied(Reason.BY_TOGGLE), new Decided.ByToggle(toggle));
    }

    private static Decided byRule(Rule rule, Decision decision) {
        return new Decided(decision, new Decided.ByRule(rule));
    }

    private static Decided byDefault(Decision decision, String why) {
        return new Decided(decision, new Decided.ByDefault(why));
    }
}

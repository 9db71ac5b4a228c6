package dev.trapline.abi.policy;

/// One rule of a machine's policy: an action for the calls that it names.
///
/// @param match the calls
/// @param action the action for these calls
/// @param origin where the rule was declared, for messages: `machine.conf: 12`
public record Rule(Match match, Action action, String origin) {

    /// Which kind decides where several rules name a call.
    public Kind kind() {
        return switch (match.functions()) {
            case Functions.One _ -> Kind.EXACT;
            case Functions.Range _, Functions.Any _ -> Kind.RANGE;
            case Functions.Owner _ -> Kind.OWNER;
        };
    }

    @Override
    public String toString() {
        return "the rule at " + origin + " (" + match + ")";
    }
}

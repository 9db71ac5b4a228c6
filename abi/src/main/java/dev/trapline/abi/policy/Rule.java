package dev.trapline.abi.policy;

/// One line of a machine's policy: what becomes of the calls it names.
///
/// @param match the calls
/// @param action what becomes of them
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

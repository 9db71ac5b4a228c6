package dev.trapline.registry;

import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Rule;

/// A decision and its source: how a call is decided, and why.
///
/// @param decision the decision
/// @param source the rule, toggle or default that decided
public record Decided(Decision decision, Source source) {

    /// The source of a decision. A closed set.
    public sealed interface Source {}

    /// A rule of the policy.
    public record ByRule(Rule rule) implements Source {}

    /// A toggle that is off.
    public record ByToggle(String toggle) implements Source {}

    /// The default, for calls that no rule names.
    ///
    /// @param why the reason, in words
    public record ByDefault(String why) implements Source {}

    /// The kind of the source.
    public Kind kind() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.kind();
            case ByToggle _ -> Kind.TOGGLE;
            case ByDefault _ -> Kind.DEFAULT;
        };
    }

    /// The source, in words.
    public String decidedBy() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.match().toString();
            case ByToggle(String toggle) -> "toggle '" + toggle + "' is off";
            case ByDefault(String why) -> why;
        };
    }

    /// Where the source was declared, for messages.
    public String origin() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.origin();
            case ByToggle(String toggle) -> "toggles." + toggle;
            case ByDefault _ -> "default";
        };
    }
}

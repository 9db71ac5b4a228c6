package dev.trapline.registry;

import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Rule;

/// A decision and why: the answer to "what would become of this call?".
///
/// @param decision what becomes of it
/// @param source what decided
public record Verdict(Decision decision, Source source) {

    /// What decides a call. A closed set.
    public sealed interface Source {}

    /// A rule of the policy.
    public record ByRule(Rule rule) implements Source {}

    /// A toggle that is off.
    public record ByToggle(String toggle) implements Source {}

    /// No rule: what holds for calls that nobody names.
    ///
    /// @param why in words
    public record ByDefault(String why) implements Source {}

    /// Which kind of thing decided.
    public Kind kind() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.kind();
            case ByToggle _ -> Kind.TOGGLE;
            case ByDefault _ -> Kind.DEFAULT;
        };
    }

    /// What decided, in words.
    public String decidedBy() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.match().toString();
            case ByToggle(String toggle) -> "toggle '" + toggle + "' is off";
            case ByDefault(String why) -> why;
        };
    }

    /// Where that was declared, for people.
    public String origin() {
        return switch (source) {
            case ByRule(Rule rule) -> rule.origin();
            case ByToggle(String toggle) -> "toggles." + toggle;
            case ByDefault _ -> "default";
        };
    }
}

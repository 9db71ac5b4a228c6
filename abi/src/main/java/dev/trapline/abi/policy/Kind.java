package dev.trapline.abi.policy;

/// What decided a call, the strongest first: a stronger kind wins over a weaker one. Within a kind no two may name the
/// same call.
public enum Kind {
    /// A capability toggle.
    TOGGLE("toggle"),
    /// A rule that names this very call.
    EXACT("exact call"),
    /// A rule that names a range of calls.
    RANGE("range"),
    /// A rule that names an owner.
    OWNER("owner"),
    /// No rule: what holds for calls that nobody names.
    DEFAULT("default");

    private final String description;

    Kind(String description) {
        this.description = description;
    }

    /// In words, for people.
    public String description() {
        return description;
    }
}

package dev.trapline.abi.policy;

/// The kinds of source that can decide a call, strongest first: a stronger kind overrides a weaker one. Within a kind,
/// no two sources may name the same call.
public enum Kind {
    /// A capability toggle.
    TOGGLE("toggle"),
    /// A rule that names this very call.
    EXACT("exact call"),
    /// A rule that names a range of calls.
    RANGE("range"),
    /// A rule that names an owner.
    OWNER("owner"),
    /// The default, for calls that no rule names.
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

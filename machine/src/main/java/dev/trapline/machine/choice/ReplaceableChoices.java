package dev.trapline.machine.choice;

/// The choices of a machine that has many runs, each with choices of its own.
public final class ReplaceableChoices extends DelegatingChoices {

    public ReplaceableChoices() {
        super(Choices.defaults());
    }

    /// From here on, these answer.
    public void replace(Choices other) {
        others = other;
    }
}

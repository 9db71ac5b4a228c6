package dev.trapline.abi;

/// What is on the board of a machine.
public enum BoardKind {
    /// A console, and nothing that interrupts a CPU: for programs that poll. A guest that takes an exception fails.
    BARE("bare"),
    /// A board on which operating systems run: a console and timers with interrupts, and an interrupt controller
    /// ([GicVersion]).
    VIRT("virt");

    private final String id;

    BoardKind(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}

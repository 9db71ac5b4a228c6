package dev.trapline.explore;

import dev.trapline.abi.Digest64;

/// How a run failed. Runs with the same signature failed in the same way, and are one group.
///
/// @param kind what kind of failure it is
/// @param signature where and how, without what differs from run to run
/// @param text the same for people, of this run, without a full stop
public record Finding(Kind kind, String signature, String text) {

    /// The kinds.
    public enum Kind {
        /// The guest ended the run with a status of its own that is not 0.
        EXIT_STATUS("exit-status"),
        /// The guest did something that the machine cannot handle.
        GUEST_FAULT("guest-fault"),
        /// Nothing can run, and nothing can wake it.
        DEADLOCK("deadlock"),
        /// The run did not end within its limit.
        NO_PROGRESS("no-progress"),
        /// The guest printed what it prints when it fails.
        CONSOLE("console"),
        /// A condition of the user's did not hold.
        INVARIANT("invariant"),
        /// A firmware service failed.
        SERVICE("service-failed"),
        /// Two runs with the same seed differ.
        UNSTEADY("unsteady"),
        /// A defect of Trapline.
        BROKEN("broken");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /// Its name in output for programs, and in names of files.
        public String id() {
            return id;
        }

        /// The kind with a name.
        ///
        /// @throws IllegalArgumentException if there is none
        public static Kind of(String id) {
            for (Kind kind : values()) {
                if (kind.id.equals(id)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind of failure is called '" + id + "'");
        }
    }

    /// The name of its group: the kind, and a few digits of the signature.
    public String group() {
        return "%s-%08x".formatted(kind.id(), Digest64.of(kind.id() + " " + signature) >>> 32);
    }

    /// Whether another run failed in the same way.
    public boolean isLike(Finding other) {
        return kind == other.kind && signature.equals(other.signature);
    }
}

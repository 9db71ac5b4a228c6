package dev.trapline.abi.exit;

/// The guest did something that the machine cannot handle. PC is at the instruction that did it, except for
/// [Kind#SUPERVISOR_CALL], where it is at the next instruction.
///
/// @param kind what it did
/// @param address the address of the access, for the kinds that have one: physical for the unmapped ones, virtual for
///     the aborts; 0 otherwise
/// @param detail the exception's syndrome (ESR_ELx layout) where the engine tells it; 0 otherwise
public record GuestFault(Kind kind, long address, long detail) implements Exit {

    /// What a guest can do to end its run.
    ///
    /// Hardware would take an exception to the guest's vectors for all of them but [#TIME_IN_IT_BLOCK]; for the
    /// unmapped ones that is a synchronous external abort.
    public enum Kind {
        UNDEFINED_INSTRUCTION("undefined instruction"),
        SUPERVISOR_CALL("supervisor call (SVC)"),
        BREAKPOINT("breakpoint (BRK)"),
        PREFETCH_ABORT("prefetch abort"),
        DATA_ABORT("data abort"),
        /// There is neither memory nor a device at the physical address; the same for the next two.
        UNMAPPED_READ("read of unmapped memory"),
        UNMAPPED_WRITE("write to unmapped memory"),
        UNMAPPED_FETCH("fetch from unmapped memory"),
        OTHER_EXCEPTION("exception"),
        /// Nothing within an IT block can be answered from virtual time. PC is at the IT instruction.
        TIME_IN_IT_BLOCK("access to a timer or a performance monitor in an IT block");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /// A short description in words, for messages.
        public String description() {
            return description;
        }

        /// Whether [GuestFault#address] means something for this kind.
        public boolean hasAddress() {
            return switch (this) {
                case PREFETCH_ABORT, DATA_ABORT, UNMAPPED_READ, UNMAPPED_WRITE, UNMAPPED_FETCH -> true;
                case UNDEFINED_INSTRUCTION, SUPERVISOR_CALL, BREAKPOINT, OTHER_EXCEPTION, TIME_IN_IT_BLOCK -> false;
            };
        }
    }
}

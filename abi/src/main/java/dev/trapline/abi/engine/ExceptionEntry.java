package dev.trapline.abi.engine;

/// An exception that a CPU takes to EL1 between two instructions: see [Engine#takeException]. A closed set.
public sealed interface ExceptionEntry {

    /// An exception whose handler is in the guest's vector table, at VBAR_EL1.
    sealed interface Vectored extends ExceptionEntry {

        /// The offset of its vector from the vectors of its source, in bytes (DDI0487 §D1.4.1, "Exception
        /// vectors").
        int offset();
    }

    /// A synchronous exception.
    ///
    /// @param syndrome what ESR_EL1 gets; its class must fit the exception level of the CPU
    /// @param faultAddress what FAR_EL1 gets
    record Synchronous(long syndrome, long faultAddress) implements Vectored {
        @Override
        public int offset() {
            return 0;
        }
    }

    /// A physical interrupt. ESR_EL1 and FAR_EL1 keep their values. It is taken even if PSTATE masks it: the caller
    /// decides when.
    enum Interrupt implements Vectored {
        IRQ(0x80),
        FIQ(0x100);

        private final int offset;

        Interrupt(int offset) {
            this.offset = offset;
        }

        @Override
        public int offset() {
            return offset;
        }
    }

    /// An SError. It is taken even if PSTATE masks it.
    ///
    /// @param syndrome what ESR_EL1 gets
    record SError(long syndrome) implements Vectored {
        @Override
        public int offset() {
            return 0x180;
        }
    }

    /// To an address that the guest named, as SDEI_EVENT_COMPLETE_AND_RESUME has it (DEN0054 §5.1). PSTATE is that
    /// of an event's handler; ESR_EL1 and FAR_EL1 keep their values.
    ///
    /// @param address guest virtual address; an address tag that TCR_EL1 lets be ignored is dropped
    record At(long address) implements ExceptionEntry {}
}

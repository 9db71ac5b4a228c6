package dev.trapline.abi.exit;

/// Why a slice ended. A closed set: a new kind fails to compile at every place that has to know it.
///
/// An exit is a fact about the guest; the reaction to it is decided elsewhere.
public sealed interface Exit
        permits HypercallExit,
                Exit.BudgetUsed,
                Exit.WaitForInterrupt,
                Exit.Maintenance,
                Exit.FirmwareInterrupt,
                GuestFault {

    /// The slice ran its whole instruction budget.
    record BudgetUsed() implements Exit {
        /// The one value of this kind: it carries nothing.
        public static final BudgetUsed INSTANCE = new BudgetUsed();
    }

    /// The guest executed WFI. PC is at the instruction after it.
    record WaitForInterrupt() implements Exit {
        /// The one value of this kind: it carries nothing.
        public static final WaitForInterrupt INSTANCE = new WaitForInterrupt();
    }

    /// An interrupt that firmware takes is pending (see [dev.trapline.abi.engine.CpuWiring#firmware]). PC is at the
    /// next instruction.
    record FirmwareInterrupt() implements Exit {
        /// The one value of this kind: it carries nothing.
        public static final FirmwareInterrupt INSTANCE = new FirmwareInterrupt();
    }

    /// The guest executed a SYS instruction whose effect must reach every vCPU's engine before any of them runs
    /// again: an instruction cache operation, or a TLB invalidation by broadcast. PC is at the instruction after
    /// it.
    ///
    /// @param operation the SYS encoding, op1:CRn:CRm:op2 packed as `op1 << 11 | CRn << 7 | CRm << 3 | op2`
    /// @param argument the value of its register, 0 where it takes none; for IC IVAU the physical address that it
    ///     stands for on the vCPU that executed it
    record Maintenance(int operation, long argument) implements Exit {

        /// The encoding of a SYS instruction in one number.
        public static int encode(int op1, int crn, int crm, int op2) {
            return op1 << 11 | crn << 7 | crm << 3 | op2;
        }

        /// IC IALLU, an operation that affects only the vCPU that executes it.
        public static final int INVALIDATE_OWN = encode(0, 7, 5, 0);

        /// Whether it affects only the vCPU that executed it.
        public boolean isLocal() {
            return operation == INVALIDATE_OWN;
        }

        /// Whether this is an instruction cache operation (CRn 7); a TLB invalidation (CRn 8) otherwise.
        public boolean isInstructionCache() {
            return (operation >> 7 & 0xf) == 7;
        }
    }
}

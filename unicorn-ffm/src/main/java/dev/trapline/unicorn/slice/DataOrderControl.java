package dev.trapline.unicorn.slice;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;

/// Reads and writes the byte order of a CPU's data accesses: SCTLR_EL1.EE; on AArch32, CPSR.E and SCTLR.EE.
public interface DataOrderControl {

    /// SCTLR_EL1.EE and SCTLR.EE: the same bit in both.
    long EXCEPTION_ENDIAN = 1L << 25;

    /// SCTLR_EL1.EE; on AArch32, SCTLR.EE.
    boolean isBigOnException();

    /// Writes the order.
    ///
    /// @param registers the general registers, in the order of [GeneralRegisters]; PSTATE may change
    void write(DataOrder order, long[] registers);
}

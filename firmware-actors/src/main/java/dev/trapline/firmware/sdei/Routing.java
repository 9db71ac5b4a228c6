package dev.trapline.firmware.sdei;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;
import org.jspecify.annotations.Nullable;

/// Where a shared event goes (DEN0054 §5.1.2 and §5.1.11).
///
/// @param pe the only PE that takes it (RM_PE); null if any may (RM_ANY)
record Routing(@Nullable VcpuId pe) {

    /// RM_ANY.
    static final Routing ANY = new Routing(null);

    private static final long RM_ANY = 0;
    private static final long RM_PE = 1;

    /// The routing that a call's arguments ask for.
    ///
    /// @param mode all of its bits: the reserved ones are zero, and so is bit 1, which asks for relative mode
    /// @param affinity of the PE, in RM_PE; a whole MPIDR_EL1 will do
    /// @return null if they ask for none that there is
    static @Nullable Routing of(long mode, long affinity, MachineTopology topology) {
        if (mode == RM_ANY) {
            return ANY;
        }
        VcpuId pe = mode == RM_PE ? find(affinity, topology) : null;
        return pe == null ? null : new Routing(pe);
    }

    /// The PE of an argument that names one; bits outside of the affinity fields do not count, as in MPIDR_EL1.
    static @Nullable VcpuId find(long affinity, MachineTopology topology) {
        return topology.find(affinity & Mpidr.AFFINITY_MASK);
    }

    /// Whether a REGISTER's flags are ones that there are, for a private event, whose routing does not count.
    static boolean areFlags(long flags) {
        return flags == RM_ANY || flags == RM_PE;
    }

    /// The PEs that may take the event, one bit each; all bits if any may.
    long targets() {
        return pe == null ? -1 : pe.bit();
    }

    /// As EVENT_GET_INFO returns it.
    long mode() {
        return pe == null ? RM_ANY : RM_PE;
    }
}

package dev.trapline.firmware.sdei;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;
import org.jspecify.annotations.Nullable;

/// The PEs to which a shared event can be delivered (DEN0054 §5.1.2 and §5.1.11).
///
/// @param pe the only PE that takes it (RM_PE); null if any may (RM_ANY)
record Routing(@Nullable VcpuId pe) {

    /// RM_ANY.
    static final Routing ANY = new Routing(null);

    private static final long RM_ANY = 0;
    private static final long RM_PE = 1;

    /// The routing that a call's arguments request.
    ///
    /// @param mode all 64 bits; reserved bits must be zero, and so must bit 1, which requests relative mode
    /// @param affinity of the PE, for RM_PE; a whole MPIDR_EL1 is accepted
    /// @return null if the mode or the PE does not exist
    static @Nullable Routing of(long mode, long affinity, MachineTopology topology) {
        if (mode == RM_ANY) {
            return ANY;
        }
        VcpuId pe = mode == RM_PE ? find(affinity, topology) : null;
        return pe == null ? null : new Routing(pe);
    }

    /// The PE that an argument names. Bits outside the affinity fields are ignored, as in MPIDR_EL1.
    static @Nullable VcpuId find(long affinity, MachineTopology topology) {
        return topology.find(affinity & Mpidr.AFFINITY_MASK);
    }

    /// Whether the flags of EVENT_REGISTER are valid for a private event, whose routing has no effect.
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

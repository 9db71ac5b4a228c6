package dev.trapline.abi;

/// The version of an interrupt controller's architecture, GIC.
public enum GicVersion {
    /// Arm IHI 0048. A CPU accesses it by registers in memory.
    V2("2", 8),
    /// Arm IHI 0069. A CPU accesses its part of it by system registers.
    V3("3", VcpuId.MAX_COUNT);

    private final String id;
    private final int mostVcpus;

    GicVersion(String id, int mostVcpus) {
        this.id = id;
        this.mostVcpus = mostVcpus;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }

    /// The largest number of vCPUs. A GICv2 has 8 bits for the targets of an interrupt (IHI 0048B §2.1); a GICv3
    /// would have room for more than a machine can have.
    public int mostVcpus() {
        return mostVcpus;
    }
}

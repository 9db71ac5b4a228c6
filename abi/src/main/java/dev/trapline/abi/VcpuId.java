package dev.trapline.abi;

/// A vCPU's index in its machine: 0 is the one that boots.
///
/// @param index 0 to 63
public record VcpuId(int index) implements Comparable<VcpuId> {

    /// The largest number of vCPUs a machine may have: a set of them fits one `long`.
    public static final int MAX_COUNT = 64;

    /// The vCPU that starts running when its machine does.
    public static final VcpuId BOOT = new VcpuId(0);

    public VcpuId {
        if (index < 0 || index >= MAX_COUNT) {
            throw new IllegalArgumentException("vCPU index " + index + " is outside 0 to " + (MAX_COUNT - 1));
        }
    }

    /// This vCPU as a set of one, for bit sets of vCPUs.
    public long bit() {
        return 1L << index;
    }

    @Override
    public int compareTo(VcpuId other) {
        return Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return "vcpu" + index;
    }
}

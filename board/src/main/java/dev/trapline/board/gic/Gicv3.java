package dev.trapline.board.gic;

import dev.trapline.abi.GicVersion;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Doubleword;
import java.util.List;
import java.util.Optional;

/// An interrupt controller of the architecture GICv3 (Arm IHI 0069), with one Security state and affinity routing,
/// without LPIs, ITS, message-based and extended interrupts, for up to 64 vCPUs.
///
/// Its registers in memory: the Distributor at offset 0, and, as another device, the [#redistributors] at
/// [#REDISTRIBUTORS]. A vCPU accesses its CPU interface by [#systemRegisters]. 288 INTIDs: 16 SGIs and 16 PPIs of each
/// vCPU, 256 SPIs. Priorities have 8 bits, so there are 128 preemption levels.
///
/// Where the architecture leaves a choice: SGIs are disabled at reset. PPIs can be configured as edge-triggered. An SPI
/// that any vCPU may take goes to the first whose Redistributor is awake and whose CPU interface accepts the group;
/// none is woken for it. A group that a CPU interface does not accept keeps no other back.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class Gicv3 extends Gic {

    /// Where the Redistributors are, counted from the Distributor, in bytes: as on QEMU's board `virt`.
    public static final long REDISTRIBUTORS = 0xa_0000;

    private static final int DISTRIBUTOR_SIZE = 0x10000;

    private final Gicv3Distributor distributor;
    private final Redistributors redistributors;
    private final SystemInterface[] cpuInterfaces;

    /// Creates the controller, as after a reset, with all inputs low.
    ///
    /// @param affinities of the vCPUs, 1 to 64, each different
    /// @throws IllegalArgumentException if there are fewer or more
    public Gicv3(List<Mpidr> affinities) {
        this(new RoutedInterrupts(checked(affinities)));
    }

    private Gicv3(RoutedInterrupts interrupts) {
        super(interrupts);
        distributor = new Gicv3Distributor(interrupts);
        redistributors = new Redistributors(interrupts);
        cpuInterfaces = new SystemInterface[interrupts.cpus];
        for (int cpu = 0; cpu < interrupts.cpus; cpu++) {
            cpuInterfaces[cpu] = new SystemInterface(cpu, interrupts);
        }
    }

    private static List<Mpidr> checked(List<Mpidr> affinities) {
        int most = GicVersion.V3.mostVcpus();
        if (affinities.isEmpty() || affinities.size() > most) {
            throw new IllegalArgumentException("a GICv3 has 1 to " + most + " vCPUs here, not " + affinities.size()
                    + ": give the machine at most " + most + " vCPUs");
        }
        return affinities;
    }

    @Override
    public String name() {
        return "gicv3";
    }

    @Override
    public long size() {
        return DISTRIBUTOR_SIZE;
    }

    /// The registers of the Redistributors. This controller resets and saves them.
    public Device redistributors() {
        return redistributors;
    }

    /// The binding `arm,gic-v3` of the Linux kernel.
    @Override
    public Optional<TreeNode> node(long base) {
        long second = base + REDISTRIBUTORS;
        return Optional.of(controller(base, "arm,gic-v3")
                .cells("#redistributor-regions", 1)
                .range("reg", base, DISTRIBUTOR_SIZE, second, redistributors.size()));
    }

    @Override
    public SystemRegisters systemRegisters(VcpuId vcpu) {
        return cpuInterfaces[cpu(vcpu)];
    }

    @Override
    CpuOutputs outputs(int cpu) {
        return cpuInterfaces[cpu];
    }

    @Override
    public long read(long offset, int size) {
        if (size == Long.BYTES) {
            return Doubleword.read(this, offset);
        }
        return offset % size == 0 ? Integer.toUnsignedLong(distributor.read((int) offset, size)) : 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        if (size == Long.BYTES) {
            Doubleword.write(this, offset, value);
        } else if (offset % size == 0) {
            distributor.write((int) offset, size, (int) value);
        }
    }
}

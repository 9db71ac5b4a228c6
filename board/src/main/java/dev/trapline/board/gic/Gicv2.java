package dev.trapline.board.gic;

import dev.trapline.abi.GicVersion;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.board.bus.Doubleword;
import java.util.Optional;

/// An interrupt controller of the architecture GICv2 (Arm IHI 0048B), without Security Extensions and without
/// Virtualization Extensions, with both groups, for up to 8 vCPUs.
///
/// Its registers: the Distributor at offset 0, the CPU interfaces at 0x10000. 288 INTIDs: 16 SGIs and 16 PPIs of each
/// vCPU, 256 SPIs. Priorities have 8 bits, as in QEMU's model, so there are 128 preemption levels.
///
/// Where the architecture leaves a choice: SGIs are always enabled. PPIs can be configured as edge-triggered. An SPI
/// that targets several vCPUs is signalled to all of them, and the first that acknowledges it handles it. Of an SGI
/// that is pending from several vCPUs, the one from the lowest is acknowledged first; it is active as one interrupt.
/// Bypass of the GIC does not exist.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class Gicv2 extends Gic {

    private static final int BLOCK = 0x10000;
    private static final int DISTRIBUTOR_SIZE = 0x1000;
    private static final int CPU_INTERFACE_SIZE = 0x2000;

    private final Distributor distributor;
    private final CpuInterface[] cpuInterfaces;
    private final View[] views;

    /// The registers as one vCPU sees them.
    private record View(Gicv2 gic, int cpu) implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            return gic.read(cpu, offset, size);
        }

        @Override
        public void write(long offset, int size, long value) {
            gic.write(cpu, offset, size, value);
        }
    }

    /// Creates the controller, as after a reset, with all inputs low.
    ///
    /// @param cpus the number of vCPUs, 1 to 8
    /// @throws IllegalArgumentException if there are fewer or more
    public Gicv2(int cpus) {
        this(new TargetedInterrupts(checked(cpus)));
    }

    private Gicv2(TargetedInterrupts interrupts) {
        super(interrupts);
        distributor = new Distributor(interrupts);
        cpuInterfaces = new CpuInterface[interrupts.cpus];
        views = new View[interrupts.cpus];
        for (int cpu = 0; cpu < interrupts.cpus; cpu++) {
            cpuInterfaces[cpu] = new CpuInterface(cpu, interrupts);
            views[cpu] = new View(this, cpu);
        }
    }

    private static int checked(int cpus) {
        int most = GicVersion.V2.mostVcpus();
        if (cpus < 1 || cpus > most) {
            throw new IllegalArgumentException("a GICv2 has 1 to " + most + " vCPUs, not " + cpus
                    + ": give the machine at most " + most + " vCPUs, or a GICv3");
        }
        return cpus;
    }

    @Override
    public String name() {
        return "gicv2";
    }

    @Override
    public long size() {
        return 2 * BLOCK;
    }

    /// The binding `arm,gic` of the Linux kernel.
    @Override
    public Optional<TreeNode> node(long base) {
        long second = base + BLOCK;
        return Optional.of(controller(base, "arm,cortex-a15-gic").range("reg", base, BLOCK, second, BLOCK));
    }

    @Override
    CpuOutputs outputs(int cpu) {
        return cpuInterfaces[cpu];
    }

    /// The registers as this vCPU sees them: the CPU interfaces and some registers of the Distributor are banked.
    ///
    /// @throws IllegalArgumentException if the controller was made for fewer vCPUs
    @Override
    public MmioDevice seenBy(VcpuId vcpu) {
        return views[cpu(vcpu)];
    }

    /// Reads as the first vCPU does.
    @Override
    public long read(long offset, int size) {
        return read(0, offset, size);
    }

    /// Writes as the first vCPU does.
    @Override
    public void write(long offset, int size, long value) {
        write(0, offset, size, value);
    }

    private long read(int cpu, long offset, int size) {
        if (size == Long.BYTES) {
            return Doubleword.read(views[cpu], offset);
        }
        if (offset % size != 0) {
            return 0;
        }
        int at = (int) offset;
        if (at < DISTRIBUTOR_SIZE) {
            return Integer.toUnsignedLong(distributor.read(cpu, at, size));
        }
        if (at >= BLOCK && at < BLOCK + CPU_INTERFACE_SIZE) {
            return Integer.toUnsignedLong(cpuInterfaces[cpu].read(at - BLOCK, size));
        }
        return 0;
    }

    private void write(int cpu, long offset, int size, long value) {
        if (size == Long.BYTES) {
            Doubleword.write(views[cpu], offset, value);
            return;
        }
        if (offset % size != 0) {
            return;
        }
        int at = (int) offset;
        if (at < DISTRIBUTOR_SIZE) {
            distributor.write(cpu, at, size, (int) value);
        } else if (at >= BLOCK && at < BLOCK + CPU_INTERFACE_SIZE) {
            cpuInterfaces[cpu].write(at - BLOCK, size, (int) value);
        }
    }
}

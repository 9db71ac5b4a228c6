package dev.trapline.board.gic;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.board.cpu.SystemRegister;
import java.util.List;
import java.util.stream.IntStream;

/// One vCPU that programs a GICv3, for tests. Offsets, encodings and fields are those of IHI 0069 §12.
final class Gicv3Cpu {

    static final int GICD_CTLR = 0x0000;
    static final int GICD_TYPER = 0x0004;
    static final int GICD_IIDR = 0x0008;
    static final int GICD_IROUTER = 0x6000;
    static final int GICD_PIDR2 = 0xffe8;

    static final int GICR_CTLR = 0x0000;
    static final int GICR_IIDR = 0x0004;
    static final int GICR_TYPER = 0x0008;
    static final int GICR_WAKER = 0x0014;
    static final int GICR_PIDR2 = 0xffe8;
    static final int SGI_BASE = 0x10000;

    /// In the Distributor, and in SGI_base of a Redistributor.
    static final int IGROUPR = 0x080;

    static final int ISENABLER = 0x100;
    static final int ICENABLER = 0x180;
    static final int ISPENDR = 0x200;
    static final int ICPENDR = 0x280;
    static final int ISACTIVER = 0x300;
    static final int ICACTIVER = 0x380;
    static final int IPRIORITYR = 0x400;
    static final int ICFGR = 0xc00;

    static final int PMR = icc(4, 6, 0);
    static final int IAR0 = icc(12, 8, 0);
    static final int EOIR0 = icc(12, 8, 1);
    static final int HPPIR0 = icc(12, 8, 2);
    static final int BPR0 = icc(12, 8, 3);
    static final int AP0R0 = icc(12, 8, 4);
    static final int AP1R0 = icc(12, 9, 0);
    static final int DIR = icc(12, 11, 1);
    static final int RPR = icc(12, 11, 3);
    static final int SGI1R = icc(12, 11, 5);
    static final int ASGI1R = icc(12, 11, 6);
    static final int SGI0R = icc(12, 11, 7);
    static final int IAR1 = icc(12, 12, 0);
    static final int EOIR1 = icc(12, 12, 1);
    static final int HPPIR1 = icc(12, 12, 2);
    static final int BPR1 = icc(12, 12, 3);
    static final int CTLR = icc(12, 12, 4);
    static final int SRE = icc(12, 12, 5);
    static final int IGRPEN0 = icc(12, 12, 6);
    static final int IGRPEN1 = icc(12, 12, 7);

    /// ICC_CTLR_EL1.
    static final int CBPR = 1;

    static final int EOI_MODE = 2;

    static final long ANY = 1L << 31;

    static final int SPURIOUS = 1023;
    static final int IDLE = 0xff;

    private static final long STRIDE = 0x20000;

    private final Gicv3 gic;
    private final VcpuId vcpu;
    private final SystemRegisters registers;

    Gicv3Cpu(Gicv3 gic, int cpu) {
        this.gic = gic;
        this.vcpu = new VcpuId(cpu);
        this.registers = gic.systemRegisters(vcpu);
    }

    static int icc(int crn, int crm, int op2) {
        return SystemRegister.of(3, 0, crn, crm, op2);
    }

    static Gicv3 controller(int cpus, int clusterSize) {
        return new Gicv3(affinities(cpus, clusterSize));
    }

    static List<Mpidr> affinities(int cpus, int clusterSize) {
        return IntStream.range(0, cpus)
                .mapToObj(index -> Mpidr.of(new VcpuId(index), clusterSize))
                .toList();
    }

    long icc(int register) {
        return registers.read(register);
    }

    void icc(int register, long value) {
        registers.write(register, value);
    }

    long distributor(long offset) {
        return gic.read(offset, 4);
    }

    void distributor(long offset, long value) {
        gic.write(offset, 4, value);
    }

    long redistributor(long offset) {
        return gic.redistributors().read(vcpu.index() * STRIDE + offset, 4);
    }

    void redistributor(long offset, long value) {
        gic.redistributors().write(vcpu.index() * STRIDE + offset, 4, value);
    }

    long sized(long offset, int size) {
        return gic.redistributors().read(vcpu.index() * STRIDE + offset, size);
    }

    void sized(long offset, int size, long value) {
        gic.redistributors().write(vcpu.index() * STRIDE + offset, size, value);
    }

    boolean irq() {
        return gic.irq(vcpu);
    }

    boolean fiq() {
        return gic.fiq(vcpu);
    }

    boolean wakes() {
        return gic.wakes(vcpu);
    }

    boolean wakes(int intid) {
        return gic.wakes(vcpu, intid);
    }

    /// The register of a block that has the bit of an interrupt.
    private long bits(int block, int intid) {
        return intid < 32 ? redistributor(SGI_BASE + block) : distributor(block + intid / 32 * 4L);
    }

    void bits(int block, int intid, long value) {
        if (intid < 32) {
            redistributor(SGI_BASE + block, value);
        } else {
            distributor(block + intid / 32 * 4L, value);
        }
    }

    /// Both groups forwarded by the Distributor and accepted by this CPU interface, and no priority masked
    /// but 0xff.
    Gicv3Cpu enableAll(int ctlr) {
        distributor(GICD_CTLR, 3);
        icc(PMR, 0xff);
        icc(CTLR, ctlr);
        icc(IGRPEN0, 1);
        icc(IGRPEN1, 1);
        return this;
    }

    Gicv3Cpu enable(int intid) {
        bits(ISENABLER, intid, bit(intid));
        return this;
    }

    Gicv3Cpu disable(int intid) {
        bits(ICENABLER, intid, bit(intid));
        return this;
    }

    Gicv3Cpu priority(int intid, int priority) {
        if (intid < 32) {
            sized(SGI_BASE + IPRIORITYR + intid, 1, priority);
        } else {
            gic.write(IPRIORITYR + intid, 1, priority);
        }
        return this;
    }

    /// Enables an interrupt in Group 1.
    Gicv3Cpu enable1(int intid, int priority) {
        return group(intid, 1).enable(intid).priority(intid, priority);
    }

    /// Enables an interrupt in Group 0.
    Gicv3Cpu enable0(int intid, int priority) {
        return group(intid, 0).enable(intid).priority(intid, priority);
    }

    Gicv3Cpu group(int intid, int group) {
        long others = bits(IGROUPR, intid) & ~bit(intid);
        bits(IGROUPR, intid, group == 0 ? others : others | bit(intid));
        return this;
    }

    Gicv3Cpu edge(int intid, boolean edge) {
        long field = 2L << (2 * (intid % 16));
        long register = ICFGR + intid / 16 * 4L;
        long before = intid < 32 ? redistributor(SGI_BASE + register) : distributor(register);
        long after = edge ? before | field : before & ~field;
        if (intid < 32) {
            redistributor(SGI_BASE + register, after);
        } else {
            distributor(register, after);
        }
        return this;
    }

    void route(int intid, long value) {
        gic.write(GICD_IROUTER + 8L * intid, 8, value);
    }

    void setPending(int intid) {
        bits(ISPENDR, intid, bit(intid));
    }

    void clearPending(int intid) {
        bits(ICPENDR, intid, bit(intid));
    }

    boolean isPending(int intid) {
        return (bits(ISPENDR, intid) & bit(intid)) != 0;
    }

    boolean isActive(int intid) {
        return (bits(ISACTIVER, intid) & bit(intid)) != 0;
    }

    String state(int intid) {
        if (isActive(intid)) {
            return isPending(intid) ? "active and pending" : "active";
        }
        return isPending(intid) ? "pending" : "inactive";
    }

    static long bit(int intid) {
        return 1L << intid % 32;
    }
}

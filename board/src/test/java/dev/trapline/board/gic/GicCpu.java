package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.MmioDevice;

/// One vCPU that programs a GICv2, for tests. Offsets and fields are those of IHI 0048B §4.1.2 and §4.1.3.
final class GicCpu {

    static final int GICD_CTLR = 0x000;
    static final int GICD_TYPER = 0x004;
    static final int GICD_IIDR = 0x008;
    static final int GICD_IGROUPR = 0x080;
    static final int GICD_ISENABLER = 0x100;
    static final int GICD_ICENABLER = 0x180;
    static final int GICD_ISPENDR = 0x200;
    static final int GICD_ICPENDR = 0x280;
    static final int GICD_ISACTIVER = 0x300;
    static final int GICD_ICACTIVER = 0x380;
    static final int GICD_IPRIORITYR = 0x400;
    static final int GICD_ITARGETSR = 0x800;
    static final int GICD_ICFGR = 0xc00;
    static final int GICD_PPISR = 0xd00;
    static final int GICD_SPISR = 0xd04;
    static final int GICD_SGIR = 0xf00;
    static final int GICD_CPENDSGIR = 0xf10;
    static final int GICD_SPENDSGIR = 0xf20;

    static final int GICC_CTLR = 0x10000;
    static final int GICC_PMR = 0x10004;
    static final int GICC_BPR = 0x10008;
    static final int GICC_IAR = 0x1000c;
    static final int GICC_EOIR = 0x10010;
    static final int GICC_RPR = 0x10014;
    static final int GICC_HPPIR = 0x10018;
    static final int GICC_ABPR = 0x1001c;
    static final int GICC_AIAR = 0x10020;
    static final int GICC_AEOIR = 0x10024;
    static final int GICC_AHPPIR = 0x10028;
    static final int GICC_APR = 0x100d0;
    static final int GICC_NSAPR = 0x100e0;
    static final int GICC_DIR = 0x11000;

    /// GICC_CTLR.
    static final int ENABLE_GRP0 = 1;

    static final int ENABLE_GRP1 = 2;
    static final int ACK_CTL = 4;
    static final int FIQ_EN = 8;
    static final int CBPR = 0x10;
    static final int EOI_MODE = 0x200;

    static final int SPURIOUS = 1023;
    static final int GROUP_1_PENDING = 1022;
    static final int IDLE = 0xff;

    private final Gicv2 gic;
    private final VcpuId vcpu;
    private final MmioDevice registers;

    GicCpu(Gicv2 gic, int cpu) {
        this.gic = gic;
        this.vcpu = new VcpuId(cpu);
        this.registers = gic.seenBy(vcpu);
    }

    long read(long offset) {
        return registers.read(offset, 4);
    }

    void write(long offset, long value) {
        registers.write(offset, 4, value);
    }

    long read(long offset, int size) {
        return registers.read(offset, size);
    }

    void write(long offset, int size, long value) {
        registers.write(offset, size, value);
    }

    boolean irq() {
        return gic.irq(vcpu);
    }

    boolean fiq() {
        return gic.fiq(vcpu);
    }

    boolean wakes(int intid) {
        return gic.wakes(vcpu, intid);
    }

    /// Both groups forwarded by the Distributor and enabled in this CPU interface, and no priority masked but 0xff.
    GicCpu enableAll(int ctlr) {
        write(GICD_CTLR, 3);
        write(GICC_PMR, 0xff);
        write(GICC_CTLR, ENABLE_GRP0 | ENABLE_GRP1 | ctlr);
        return this;
    }

    /// Enables an interrupt, with this vCPU as its only target.
    GicCpu enable(int intid, int priority) {
        write(GICD_ISENABLER + intid / 32 * 4L, bit(intid));
        write(GICD_IPRIORITYR + intid, 1, priority);
        write(GICD_ITARGETSR + intid, 1, vcpu.bit());
        return this;
    }

    /// Sets the group of an interrupt to 1.
    GicCpu inGroup1(int intid) {
        long register = GICD_IGROUPR + intid / 32 * 4L;
        write(register, read(register) | bit(intid));
        return this;
    }

    /// Makes an interrupt edge-triggered.
    GicCpu edge(int intid) {
        long register = GICD_ICFGR + intid / 16 * 4L;
        write(register, read(register) | (2L << (2 * (intid % 16))));
        return this;
    }

    void setPending(int intid) {
        write(GICD_ISPENDR + intid / 32 * 4L, bit(intid));
    }

    void clearPending(int intid) {
        write(GICD_ICPENDR + intid / 32 * 4L, bit(intid));
    }

    boolean isPending(int intid) {
        return (read(GICD_ISPENDR + intid / 32 * 4L) & bit(intid)) != 0;
    }

    boolean isActive(int intid) {
        return (read(GICD_ISACTIVER + intid / 32 * 4L) & bit(intid)) != 0;
    }

    /// The state of an interrupt, as IHI 0048B §3.2.4 names it.
    String state(int intid) {
        if (isActive(intid)) {
            return isPending(intid) ? "active and pending" : "active";
        }
        return isPending(intid) ? "pending" : "inactive";
    }

    long acknowledge() {
        return read(GICC_IAR);
    }

    void end(long iar) {
        write(GICC_EOIR, iar);
    }

    private static long bit(int intid) {
        return 1L << intid % 32;
    }
}

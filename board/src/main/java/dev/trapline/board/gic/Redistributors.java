package dev.trapline.board.gic;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Doubleword;

/// The registers of the Redistributors of a GICv3 (IHI 0069 §12.10, §12.11), one behind the other: for each vCPU the
/// frames RD_base, and SGI_base with its private interrupts. Any vCPU can access all of them.
///
/// There are no LPIs. GICR_CTLR, GICR_IGRPMODR0, GICR_NSACR and the reserved registers read as zero and ignore writes.
/// GICR_STATUSR is not implemented.
///
/// Their state belongs to the [Gicv3].
final class Redistributors implements Device {

    private static final int FRAME = 0x10000;

    /// The size of a Redistributor: both frames.
    static final int SIZE = 2 * FRAME;

    private static final int IIDR = 0x0004;
    private static final int TYPER = 0x0008;
    private static final int TYPER_HIGH = 0x000c;
    private static final int WAKER = 0x0014;
    private static final int IDENTIFICATION = 0xffd0;

    /// GICR_TYPER: the last Redistributor of the region.
    private static final int LAST = 1 << 4;

    private static final int PROCESSOR_NUMBER_SHIFT = 8;

    /// GICR_WAKER.
    private static final int PROCESSOR_SLEEP = 1 << 1;

    private static final int CHILDREN_ASLEEP = 1 << 2;

    /// GICR_PIDR4 to 7, GICR_PIDR0 to 3, GICR_CIDR0 to 3: a GICv3 by Arm.
    private static final int[] IDENTIFICATIONS = {0x44, 0x00, 0x00, 0x00, 0x93, 0xb4, 0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1
    };

    private final RoutedInterrupts interrupts;
    private final FieldRegisters fields;

    Redistributors(RoutedInterrupts interrupts) {
        this.interrupts = interrupts;
        this.fields = new FieldRegisters(interrupts, 0, 1);
    }

    @Override
    public String name() {
        return "gicv3-redistributors";
    }

    @Override
    public long size() {
        return (long) SIZE * interrupts.cpus;
    }

    /// The controller resets them.
    @Override
    public void reset() {
        // There is nothing else to reset.
    }

    @Override
    public long read(long offset, int size) {
        if (size == Long.BYTES) {
            return Doubleword.read(this, offset);
        }
        if (offset % size != 0) {
            return 0;
        }
        int cpu = (int) (offset / SIZE);
        int at = (int) (offset % SIZE);
        return Integer.toUnsignedLong(at < FRAME ? readControl(cpu, at, size) : readFields(cpu, at - FRAME, size));
    }

    @Override
    public void write(long offset, int size, long value) {
        if (size == Long.BYTES) {
            Doubleword.write(this, offset, value);
            return;
        }
        if (offset % size != 0) {
            return;
        }
        int cpu = (int) (offset / SIZE);
        int at = (int) (offset % SIZE);
        if (at >= FRAME && FieldRegisters.contain(at - FRAME)) {
            fields.write(cpu, at - FRAME, size, (int) value);
        } else if (at == WAKER && size == Integer.BYTES) {
            interrupts.setAsleep(cpu, (value & PROCESSOR_SLEEP) != 0);
        }
    }

    private int readControl(int cpu, int offset, int size) {
        if (size != Integer.BYTES) {
            return 0;
        }
        if (offset >= IDENTIFICATION) {
            return IDENTIFICATIONS[(offset - IDENTIFICATION) / 4];
        }
        return switch (offset) {
            case IIDR -> Gicv3Distributor.IMPLEMENTER;
            case TYPER -> (cpu << PROCESSOR_NUMBER_SHIFT) | (cpu == interrupts.cpus - 1 ? LAST : 0);
            case TYPER_HIGH -> affinity(cpu);
            case WAKER -> interrupts.isAsleep(cpu) ? PROCESSOR_SLEEP | CHILDREN_ASLEEP : 0;
            default -> 0;
        };
    }

    /// Aff3 to Aff0 without the gap that MPIDR_EL1 has between Aff3 and Aff2.
    private int affinity(int cpu) {
        long affinity = interrupts.affinity(cpu).affinity();
        return (int) ((affinity & 0xff_ffff) | (affinity >>> 8 & 0xff00_0000L));
    }

    private int readFields(int cpu, int offset, int size) {
        return FieldRegisters.contain(offset) ? fields.read(cpu, offset, size) : 0;
    }

    /// The controller saves them.
    @Override
    public void save(StateWriter state) {
        // There is nothing else to save.
    }

    @Override
    public void load(StateReader state) {
        // There is nothing else to load.
    }
}

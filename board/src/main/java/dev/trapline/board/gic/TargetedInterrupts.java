package dev.trapline.board.gic;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;

/// The interrupts of a GICv2 (IHI 0048B): an SPI has a list of target vCPUs, and an SGI is pending once for each vCPU
/// that sent it.
final class TargetedInterrupts extends Interrupts {

    private final byte[] targets;
    /// For each SGI of each target: the vCPUs from which it is pending, one bit each.
    private final byte[] sources;

    TargetedInterrupts(int cpus) {
        super(cpus);
        targets = new byte[COUNT];
        sources = new byte[SGIS * cpus];
        reset();
    }

    /// SGIs are always enabled, as §4.3.5 permits.
    @Override
    void reset() {
        super.reset();
        for (int cpu = 0; cpu < cpus; cpu++) {
            enable(cpu, 0, SGI_BITS);
        }
        Arrays.fill(targets, (byte) 0);
        Arrays.fill(sources, (byte) 0);
    }

    private int allCpus() {
        return (1 << cpus) - 1;
    }

    private static int withoutSgis(int word, int bits) {
        return word == 0 ? bits & ~SGI_BITS : bits;
    }

    @Override
    void disable(int cpu, int word, int bits) {
        super.disable(cpu, word, withoutSgis(word, bits));
    }

    /// GICD_ISPENDR does not change SGIs (§4.3.7).
    @Override
    void setPending(int cpu, int word, int bits) {
        super.setPending(cpu, word, withoutSgis(word, bits));
    }

    /// GICD_ICPENDR does not change SGIs (§4.3.8).
    @Override
    void clearPending(int cpu, int word, int bits) {
        super.clearPending(cpu, word, withoutSgis(word, bits));
    }

    /// As GICD_ITARGETSR reads: SGIs and PPIs target the vCPU that reads. With one vCPU, all are zero (§4.3.12).
    int targets(int cpu, int intid) {
        if (cpus == 1) {
            return 0;
        }
        return intid < InterruptController.FIRST_SPI ? 1 << cpu : Byte.toUnsignedInt(targets[intid]);
    }

    /// Only SPIs have targets that can be written, and only of vCPUs that exist (§4.3.12).
    void setTargets(int intid, int cpuBits) {
        if (cpus > 1 && intid >= InterruptController.FIRST_SPI) {
            targets[intid] = (byte) (cpuBits & allCpus());
            changed();
        }
    }

    @Override
    boolean isTargeted(int cpu, int intid) {
        return cpus == 1 || (targets(cpu, intid) >> cpu & 1) != 0;
    }

    @Override
    int arriving(int cpu) {
        return forwarded();
    }

    int sgiSources(int cpu, int sgi) {
        return Byte.toUnsignedInt(sources[SGIS * cpu + sgi]);
    }

    /// Makes an SGI pending from other vCPUs. Those that do not exist are ignored.
    ///
    /// @param cpu the target
    void addSgiSources(int cpu, int sgi, int from) {
        setSgiSources(cpu, sgi, sgiSources(cpu, sgi) | (from & allCpus()));
    }

    void removeSgiSources(int cpu, int sgi, int from) {
        setSgiSources(cpu, sgi, sgiSources(cpu, sgi) & ~from);
    }

    private void setSgiSources(int cpu, int sgi, int from) {
        sources[SGIS * cpu + sgi] = (byte) from;
        if (from == 0) {
            super.clearPending(cpu, 0, bit(sgi));
        } else {
            super.setPending(cpu, 0, bit(sgi));
        }
    }

    @Override
    void sendToSelf(int cpu, int sgi) {
        addSgiSources(cpu, sgi, 1 << cpu);
    }

    @Override
    void dropSgi(int cpu, int sgi) {
        setSgiSources(cpu, sgi, 0);
    }

    /// The number of the vCPU that sent a pending SGI, shifted to the field CPUID of GICC_IAR (§4.4.4). If several
    /// sent it, the lowest. 0 for other interrupts.
    int sourceField(int cpu, int intid) {
        return intid < SGIS && sgiSources(cpu, intid) != 0
                ? Integer.numberOfTrailingZeros(sgiSources(cpu, intid)) << 10
                : 0;
    }

    /// An SGI that another vCPU sent as well stays pending.
    @Override
    void acknowledge(int cpu, int intid) {
        if (intid < SGIS) {
            int left = sgiSources(cpu, intid) & (sgiSources(cpu, intid) - 1);
            super.acknowledge(cpu, intid);
            setSgiSources(cpu, intid, left);
        } else {
            super.acknowledge(cpu, intid);
        }
    }

    @Override
    public void save(StateWriter state) {
        super.save(state);
        state.put(targets);
        state.put(sources);
    }

    @Override
    public void load(StateReader state) {
        super.load(state);
        state.take(targets);
        state.take(sources);
    }
}

package dev.trapline.board.gic;

import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;

/// The state of all interrupts in the Distributor of a GICv2.
///
/// One word of bits belongs to 32 interrupts. SGIs and PPIs (word 0, INTIDs 0 to 31) are banked: each vCPU has its own.
/// SPIs are shared.
final class Interrupts implements Snapshot {

    /// The number of INTIDs.
    static final int COUNT = 288;

    /// The number of words of bits that a vCPU sees.
    static final int WORDS = COUNT / 32;

    /// No interrupt is pending (IHI 0048B §3.2.5).
    static final int SPURIOUS = 1023;

    /// The lowest priority. An interrupt that has it is never signalled (§3.3).
    static final int IDLE = 0xff;

    private static final int SGIS = 16;
    private static final int SGI_BITS = 0xffff;

    final int cpus;

    private final int[] group;
    private final int[] enabled;
    private final int[] active;
    private final int[] edge;
    /// The levels of the inputs.
    private final int[] input;
    /// What is pending regardless of the inputs: an SGI, an edge, or a write to GICD_ISPENDR (§4.3.7, Figure 4-10).
    private final int[] latch;

    private final byte[] priority;
    private final byte[] targets;
    /// For each SGI of each target: the vCPUs from which it is pending, one bit each.
    private final byte[] sources;
    /// GICD_CTLR: bit 0 forwards Group 0, bit 1 Group 1.
    private int forwarded;

    /// Counts all changes, so that results can be kept until the next one. It is not part of the state.
    private long changes;

    Interrupts(int cpus) {
        this.cpus = cpus;
        int words = cpus + WORDS - 1;
        group = new int[words];
        enabled = new int[words];
        active = new int[words];
        edge = new int[words];
        input = new int[words];
        latch = new int[words];
        priority = new byte[32 * words];
        targets = new byte[32 * words];
        sources = new byte[SGIS * cpus];
        reset();
    }

    /// Resets everything except the levels of the inputs, which other devices drive.
    void reset() {
        for (int[] bits : new int[][] {group, enabled, active, edge, latch}) {
            Arrays.fill(bits, 0);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            enabled[cpu] = SGI_BITS;
            edge[cpu] = SGI_BITS;
        }
        for (byte[] bytes : new byte[][] {priority, targets, sources}) {
            Arrays.fill(bytes, (byte) 0);
        }
        forwarded = 0;
        changes++;
    }

    long changes() {
        return changes;
    }

    private int word(int cpu, int word) {
        return word == 0 ? cpu : cpus + word - 1;
    }

    private int slot(int cpu, int intid) {
        return 32 * word(cpu, intid / 32) + intid % 32;
    }

    private int allCpus() {
        return (1 << cpus) - 1;
    }

    private static int bit(int intid) {
        return 1 << intid % 32;
    }

    int forwarded() {
        return forwarded;
    }

    void forward(int groups) {
        forwarded = groups & 3;
        changes++;
    }

    int groups(int cpu, int word) {
        return group[word(cpu, word)];
    }

    void setGroups(int cpu, int word, int bits) {
        group[word(cpu, word)] = bits;
        changes++;
    }

    int enabled(int cpu, int word) {
        return enabled[word(cpu, word)];
    }

    void enable(int cpu, int word, int bits) {
        enabled[word(cpu, word)] |= bits;
        changes++;
    }

    /// SGIs are always enabled, as §4.3.5 permits.
    void disable(int cpu, int word, int bits) {
        enabled[word(cpu, word)] &= ~(word == 0 ? bits & ~SGI_BITS : bits);
        changes++;
    }

    /// A level-sensitive interrupt is also pending while its input is high (§4.3.7).
    int pending(int cpu, int word) {
        int at = word(cpu, word);
        return latch[at] | (input[at] & ~edge[at]);
    }

    /// GICD_ISPENDR does not change SGIs (§4.3.7).
    void setPending(int cpu, int word, int bits) {
        latch[word(cpu, word)] |= word == 0 ? bits & ~SGI_BITS : bits;
        changes++;
    }

    /// GICD_ICPENDR does not change SGIs (§4.3.8).
    void clearPending(int cpu, int word, int bits) {
        latch[word(cpu, word)] &= ~(word == 0 ? bits & ~SGI_BITS : bits);
        changes++;
    }

    int active(int cpu, int word) {
        return active[word(cpu, word)];
    }

    void activate(int cpu, int word, int bits) {
        active[word(cpu, word)] |= bits;
        changes++;
    }

    void deactivate(int cpu, int word, int bits) {
        active[word(cpu, word)] &= ~bits;
        changes++;
    }

    int edges(int cpu, int word) {
        return edge[word(cpu, word)];
    }

    /// SGIs are always edge-triggered (§4.3.13).
    void setEdges(int cpu, int word, int bits) {
        edge[word(cpu, word)] = word == 0 ? bits | SGI_BITS : bits;
        changes++;
    }

    int inputs(int cpu, int word) {
        return input[word(cpu, word)];
    }

    /// The input of an interrupt has this level now. A rising edge makes an edge-triggered interrupt pending.
    void setInput(int cpu, int intid, boolean high) {
        int at = word(cpu, intid / 32);
        int bit = bit(intid);
        if (high) {
            latch[at] |= bit & edge[at] & ~input[at];
            input[at] |= bit;
        } else {
            input[at] &= ~bit;
        }
        changes++;
    }

    int priority(int cpu, int intid) {
        return intid == SPURIOUS ? IDLE : Byte.toUnsignedInt(priority[slot(cpu, intid)]);
    }

    void setPriority(int cpu, int intid, int value) {
        priority[slot(cpu, intid)] = (byte) value;
        changes++;
    }

    /// As GICD_ITARGETSR reads: SGIs and PPIs target the vCPU that reads. With one vCPU, all are zero (§4.3.12).
    int targets(int cpu, int intid) {
        if (cpus == 1) {
            return 0;
        }
        return intid < InterruptController.FIRST_SPI ? 1 << cpu : Byte.toUnsignedInt(targets[slot(cpu, intid)]);
    }

    /// Only SPIs have targets that can be written, and only of vCPUs that exist (§4.3.12).
    void setTargets(int intid, int cpuBits) {
        if (cpus > 1 && intid >= InterruptController.FIRST_SPI) {
            targets[slot(0, intid)] = (byte) (cpuBits & allCpus());
            changes++;
        }
    }

    private boolean isTargeted(int cpu, int intid) {
        return cpus == 1 || (targets(cpu, intid) >> cpu & 1) != 0;
    }

    /// Group 0 or 1.
    int group(int cpu, int intid) {
        return (group[word(cpu, intid / 32)] & bit(intid)) == 0 ? 0 : 1;
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
        latch[cpu] = from == 0 ? latch[cpu] & ~bit(sgi) : latch[cpu] | bit(sgi);
        changes++;
    }

    /// The number of the vCPU that sent a pending SGI, shifted to the field CPUID of GICC_IAR (§4.4.4). If several
    /// sent it, the lowest. 0 for other interrupts.
    int sourceField(int cpu, int intid) {
        return intid < SGIS && sgiSources(cpu, intid) != 0
                ? Integer.numberOfTrailingZeros(sgiSources(cpu, intid)) << 10
                : 0;
    }

    /// The interrupt becomes active, and is no longer pending, except by a level that is still high (§3.2.4).
    ///
    /// @return its value in GICC_IAR
    int acknowledge(int cpu, int intid) {
        int source = sourceField(cpu, intid);
        if (intid < SGIS) {
            removeSgiSources(cpu, intid, 1 << (source >> 10));
        } else {
            latch[word(cpu, intid / 32)] &= ~bit(intid);
        }
        activate(cpu, intid / 32, bit(intid));
        return source | intid;
    }

    void deactivate(int cpu, int intid) {
        deactivate(cpu, intid / 32, bit(intid));
    }

    /// Whether the Distributor forwards this interrupt to this vCPU when it is pending.
    boolean isForwarded(int cpu, int intid) {
        return (deliverable(cpu, intid / 32) & bit(intid)) != 0
                && isTargeted(cpu, intid)
                && priority(cpu, intid) < IDLE;
    }

    private int deliverable(int cpu, int word) {
        int at = word(cpu, word);
        int groups = ((forwarded & 1) == 0 ? 0 : ~group[at]) | ((forwarded & 2) == 0 ? 0 : group[at]);
        return enabled[at] & ~active[at] & groups;
    }

    /// The interrupt that the Distributor forwards to a vCPU: of those that are pending, enabled, not active, and
    /// in a forwarded group, the one with the highest priority. Of several, the lowest INTID (the pseudocode
    /// HighestPriorityPendingInterrupt).
    ///
    /// @return [#SPURIOUS] if there is none
    int highestPending(int cpu) {
        int best = SPURIOUS;
        int bestPriority = IDLE;
        for (int word = 0; word < WORDS; word++) {
            int left = pending(cpu, word) & deliverable(cpu, word);
            while (left != 0) {
                int intid = 32 * word + Integer.numberOfTrailingZeros(left);
                left &= left - 1;
                int own = priority(cpu, intid);
                if (own < bestPriority && isTargeted(cpu, intid)) {
                    best = intid;
                    bestPriority = own;
                }
            }
        }
        return best;
    }

    @Override
    public void save(StateWriter state) {
        for (int[] bits : allBits()) {
            for (int word : bits) {
                state.put(word, Integer.BYTES);
            }
        }
        state.put(priority);
        state.put(targets);
        state.put(sources);
        state.put(forwarded, 1);
    }

    @Override
    public void load(StateReader state) {
        for (int[] bits : allBits()) {
            for (int k = 0; k < bits.length; k++) {
                bits[k] = (int) state.take(Integer.BYTES);
            }
        }
        state.take(priority);
        state.take(targets);
        state.take(sources);
        forwarded = (int) state.take(1);
        changes++;
    }

    private int[][] allBits() {
        return new int[][] {group, enabled, active, edge, input, latch};
    }
}

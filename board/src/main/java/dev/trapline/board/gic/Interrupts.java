package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The state of all interrupts of a GIC: what GICv2 and GICv3 have in common.
///
/// One word of bits belongs to 32 interrupts. SGIs and PPIs (word 0, INTIDs 0 to 31) are private: each vCPU has its
/// own. SPIs are shared. The versions differ in which vCPU an SPI goes to, in what an SGI is, and in what stands
/// between the Distributor and a CPU interface.
abstract class Interrupts implements Snapshot {

    /// The number of INTIDs.
    static final int COUNT = 288;

    /// The number of words of bits that a vCPU sees.
    static final int WORDS = COUNT / 32;

    /// No interrupt is pending (IHI 0048B §3.2.5).
    static final int SPURIOUS = 1023;

    /// The lowest priority. An interrupt that has it is never signalled (IHI 0048B §3.3).
    static final int IDLE = 0xff;

    static final int SGIS = 16;
    static final int SGI_BITS = 0xffff;

    private static final int BOTH_GROUPS = 3;

    final int cpus;

    private final int[] group;
    private final int[] enabled;
    private final int[] active;
    private final int[] edge;
    /// The levels of the inputs.
    private final int[] input;
    /// What is pending regardless of the inputs: an SGI, an edge, or a write to GICD_ISPENDR (IHI 0048B §4.3.7,
    /// Figure 4-10).
    private final int[] latch;

    private final byte[] priority;
    private final FirmwareRoutes firmware;
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
        firmware = new FirmwareRoutes(words);
    }

    /// Resets everything except the levels of the inputs, which other devices drive.
    void reset() {
        for (int[] bits : new int[][] {group, enabled, active, edge, latch}) {
            Arrays.fill(bits, 0);
        }
        Arrays.fill(edge, 0, cpus, SGI_BITS);
        Arrays.fill(priority, (byte) 0);
        forwarded = 0;
        firmware.reset();
        changes++;
    }

    /// Whether the Distributor sends a pending interrupt to this vCPU.
    abstract boolean isTargeted(int cpu, int intid);

    /// The groups whose interrupts reach the vCPU's CPU interface, one bit each.
    abstract int arriving(int cpu);

    /// Makes an SGI pending that the vCPU sends to itself.
    abstract void sendToSelf(int cpu, int sgi);

    /// Makes an SGI not pending, from all its senders.
    void dropSgi(int cpu, int sgi) {
        clearPending(cpu, 0, bit(sgi));
    }

    /// Something has changed that decides about signals.
    final void changed() {
        changes++;
    }

    long changes() {
        return changes;
    }

    private int word(int cpu, int word) {
        return word == 0 ? cpu : cpus + word - 1;
    }

    final int slot(int cpu, int intid) {
        return 32 * word(cpu, intid / 32) + intid % 32;
    }

    static int bit(int intid) {
        return 1 << intid % 32;
    }

    int forwarded() {
        return forwarded;
    }

    void forward(int groups) {
        forwarded = groups & BOTH_GROUPS;
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

    void disable(int cpu, int word, int bits) {
        enabled[word(cpu, word)] &= ~bits;
        changes++;
    }

    /// A level-sensitive interrupt is also pending while its input is high (IHI 0048B §4.3.7).
    int pending(int cpu, int word) {
        int at = word(cpu, word);
        return latch[at] | (input[at] & ~edge[at]);
    }

    void setPending(int cpu, int word, int bits) {
        latch[word(cpu, word)] |= bits;
        changes++;
    }

    void clearPending(int cpu, int word, int bits) {
        latch[word(cpu, word)] &= ~bits;
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

    /// SGIs are always edge-triggered (IHI 0048B §4.3.13).
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

    /// Group 0 or 1.
    int group(int cpu, int intid) {
        return (group[word(cpu, intid / 32)] & bit(intid)) == 0 ? 0 : 1;
    }

    /// The interrupt becomes active, and is no longer pending, except by a level that is still high (IHI 0048B
    /// §3.2.4).
    void acknowledge(int cpu, int intid) {
        latch[word(cpu, intid / 32)] &= ~bit(intid);
        activate(cpu, intid / 32, bit(intid));
    }

    void deactivate(int cpu, int intid) {
        deactivate(cpu, intid / 32, bit(intid));
    }

    /// Whether this interrupt would reach this vCPU's CPU interface if it was pending.
    ///
    /// @param groups those that may, one bit each
    boolean isForwarded(int cpu, int intid, int groups) {
        return (deliverable(cpu, intid / 32, groups) & bit(intid)) != 0
                && isTargeted(cpu, intid)
                && priority(cpu, intid) < IDLE;
    }

    private int deliverable(int cpu, int word, int groups) {
        int at = word(cpu, word);
        int ofGroups = ((groups & 1) == 0 ? 0 : ~group[at]) | ((groups & 2) == 0 ? 0 : group[at]);
        return enabled[at] & ~active[at] & ofGroups & ~firmware.owned(at);
    }

    /// The interrupt that reaches a vCPU's CPU interface: of those that are pending, enabled, not active, and in
    /// one of the groups, the one with the highest priority. Of several, the lowest INTID (IHI 0048B, the
    /// pseudocode HighestPriorityPendingInterrupt).
    ///
    /// @param groups one bit each
    /// @return [#SPURIOUS] if there is none
    int highestPending(int cpu, int groups) {
        int best = SPURIOUS;
        int bestPriority = IDLE;
        for (int word = 0; word < WORDS; word++) {
            int left = pending(cpu, word) & deliverable(cpu, word, groups);
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

    /// Chooses the receiver of an interrupt. When firmware gets it or gives it back, it is inactive, and pending
    /// only by a level.
    void route(int cpu, int intid, Receiver receiver) {
        int at = word(cpu, intid / 32);
        int bit = bit(intid);
        boolean guests = (firmware.owned(at) & bit) == 0;
        if (guests != (receiver == Receiver.GUEST)) {
            latch[at] &= ~bit;
            active[at] &= ~bit;
        }
        firmware.set(at, bit, receiver);
        changes++;
    }

    /// The interrupts that belong to the guest, one bit each.
    int guests(int cpu, int word) {
        return ~firmware.owned(word(cpu, word));
    }

    final boolean isGuests(int cpu, int intid) {
        return (guests(cpu, intid / 32) & bit(intid)) != 0;
    }

    /// Whether firmware takes the interrupt when it is pending.
    boolean isTakenByFirmware(int cpu, int intid) {
        return (firmware.taken(word(cpu, intid / 32)) & bit(intid)) != 0;
    }

    /// Whether an interrupt is pending that firmware takes: a private one of this vCPU, or a shared one. It does
    /// not matter what the guest has enabled. Cheap.
    boolean isFirmwarePending(int cpu) {
        for (int word = 0; firmware.takesAny() && word < WORDS; word++) {
            if (pendingForFirmware(cpu, word) != 0) {
                return true;
            }
        }
        return false;
    }

    private int pendingForFirmware(int cpu, int word) {
        return pending(cpu, word) & firmware.taken(word(cpu, word));
    }

    /// Firmware takes all that are pending for it: private ones by vCPU, then shared ones, each in ascending order.
    /// They stay firmware's, and it takes them no more.
    List<FirmwareInterrupt> takeForFirmware() {
        if (!firmware.takesAny()) {
            return List.of();
        }
        List<FirmwareInterrupt> taken = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            takeForFirmware(cpu, 0, taken);
        }
        for (int word = 1; word < WORDS; word++) {
            takeForFirmware(0, word, taken);
        }
        return taken;
    }

    private void takeForFirmware(int cpu, int word, List<FirmwareInterrupt> taken) {
        for (int rest = pendingForFirmware(cpu, word); rest != 0; rest &= rest - 1) {
            int bit = Integer.lowestOneBit(rest);
            latch[word(cpu, word)] &= ~bit;
            firmware.set(word(cpu, word), bit, Receiver.NOBODY);
            taken.add(new FirmwareInterrupt(new VcpuId(cpu), 32 * word + Integer.numberOfTrailingZeros(bit)));
            changes++;
        }
    }

    @Override
    public void save(StateWriter state) {
        save(state, allBits());
        state.put(priority);
        state.put(forwarded, 1);
        firmware.save(state);
    }

    @Override
    public void load(StateReader state) {
        load(state, allBits());
        state.take(priority);
        forwarded = (int) state.take(1);
        firmware.load(state);
        changes++;
    }

    static void save(StateWriter state, int[]... all) {
        for (int[] bits : all) {
            for (int word : bits) {
                state.put(word, Integer.BYTES);
            }
        }
    }

    static void load(StateReader state, int[]... all) {
        for (int[] bits : all) {
            for (int k = 0; k < bits.length; k++) {
                bits[k] = (int) state.take(Integer.BYTES);
            }
        }
    }

    private int[][] allBits() {
        return new int[][] {group, enabled, active, edge, input, latch};
    }
}

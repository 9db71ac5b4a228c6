package dev.trapline.unicorn.layout;

/// CPSR.IT: the state of an IT block, in which T32 instructions are conditional (DDI0406 A2.5.2).
public final class ItState {

    private static final int LONGEST = 4;

    private ItState() {}

    /// The IT state in a PSTATE: its 8 bits, which are in two places.
    static int of(long pstate) {
        return (int) ((pstate >>> 25 & 3) | (pstate >>> 8 & 0xfc));
    }

    /// How many instructions of the block remain; 0 outside of one.
    public static int remaining(long pstate) {
        return remainingOfMask(of(pstate));
    }

    /// The same from the 4 bits of a mask: its lowest set bit marks the end of the block. Other bits are ignored.
    public static int remainingOfMask(int mask) {
        int low = mask & 0xf;
        return low == 0 ? 0 : LONGEST - Integer.numberOfTrailingZeros(low);
    }

    /// The PSTATE after an instruction of an IT block, or outside of one (ITAdvance).
    public static long advanced(long pstate) {
        int state = of(pstate);
        if (state == 0) {
            return pstate;
        }
        int next = (state & 7) == 0 ? 0 : (state & 0xe0) | (state << 1 & 0x1f);
        return (pstate & ~0x0600_fc00L) | (long) (next & 3) << 25 | (long) (next & 0xfc) << 8;
    }
}

package dev.trapline.abi.firmware;

import dev.trapline.abi.exit.GeneralRegisters;
import java.util.Arrays;

/// The registers that a return writes, by name; every other register keeps its value.
public final class RegisterWrites {

    private static final long[] NO_MORE = {};

    /// Writes nothing.
    public static final RegisterWrites NONE = new RegisterWrites(0, 0);

    private final int mask;

    /// The first value; 0 if there is none. Most calls return one register: then there is no array.
    private final long first;

    private final long[] more;

    private RegisterWrites(int mask, long first) {
        this.mask = mask;
        this.first = first;
        this.more = NO_MORE;
    }

    private RegisterWrites(int mask, long[] values) {
        this.mask = mask;
        this.first = values.length == 0 ? 0 : values[0];
        this.more = values.length < 2 ? NO_MORE : Arrays.copyOfRange(values, 1, values.length);
    }

    /// Writes x0.
    public static RegisterWrites x0(long value) {
        return new RegisterWrites(1, value);
    }

    /// Writes x0 and the registers after it, one for each value.
    public static RegisterWrites fromX0(long... values) {
        if (values.length > 31) {
            throw new IllegalArgumentException("there are 31 general registers, not " + values.length);
        }
        return new RegisterWrites((int) ((1L << values.length) - 1), values);
    }

    /// Writes x0 and the registers after it as they were at a moment.
    ///
    /// @param count how many, at most 31
    public static RegisterWrites fromX0(GeneralRegisters registers, int count) {
        long[] values = new long[count];
        for (int n = 0; n < count; n++) {
            values[n] = registers.x(n);
        }
        return new RegisterWrites((int) ((1L << count) - 1), values);
    }

    /// These writes and one more; the later value counts where both name a register.
    ///
    /// @param n 0 to 30
    public RegisterWrites and(int n, long value) {
        if (n < 0 || n > 30) {
            throw new IllegalArgumentException("x" + n + " is not a general register");
        }
        int bit = 1 << n;
        int at = Integer.bitCount(mask & (bit - 1));
        boolean again = (mask & bit) != 0;
        long[] values = new long[again ? count() : count() + 1];
        for (int k = 0; k < values.length; k++) {
            values[k] = k < at || again ? value(k) : k == at ? value : value(k - 1);
        }
        values[at] = value;
        return new RegisterWrites(mask | bit, values);
    }

    /// These writes and others; the others count where both name a register.
    public RegisterWrites and(RegisterWrites others) {
        RegisterWrites both = this;
        int rest = others.mask;
        for (int k = 0; rest != 0; k++) {
            both = both.and(Integer.numberOfTrailingZeros(rest), others.value(k));
            rest &= rest - 1;
        }
        return both;
    }

    /// Bit n is set where x`n` is written, 0 to 30.
    public int mask() {
        return mask;
    }

    /// How many registers are written.
    public int count() {
        return Integer.bitCount(mask);
    }

    /// The `k`-th value, in ascending order of the registers in [#mask].
    public long value(int k) {
        return k == 0 ? first : more[k - 1];
    }

    /// Applies the writes to registers in the array form of [GeneralRegisters].
    public void applyTo(long[] registers) {
        int rest = mask;
        for (int k = 0; rest != 0; k++) {
            registers[Integer.numberOfTrailingZeros(rest)] = value(k);
            rest &= rest - 1;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegisterWrites that
                && mask == that.mask
                && first == that.first
                && Arrays.equals(more, that.more);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * mask + Long.hashCode(first)) + Arrays.hashCode(more);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int rest = mask;
        for (int k = 0; rest != 0; k++) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(GeneralRegisters.nameOf(Integer.numberOfTrailingZeros(rest)))
                    .append("=0x")
                    .append(Long.toHexString(value(k)));
            rest &= rest - 1;
        }
        return text.isEmpty() ? "no register" : text.toString();
    }
}

package dev.trapline.abi.firmware;

import dev.trapline.abi.exit.GeneralRegisters;
import java.util.Arrays;

/// The registers that a return writes, by name; every other register keeps its value.
public final class RegisterWrites {

    /// Writes nothing.
    public static final RegisterWrites NONE = new RegisterWrites(0, new long[0]);

    private final int mask;
    private final long[] values;

    private RegisterWrites(int mask, long[] values) {
        this.mask = mask;
        this.values = values;
    }

    /// Writes x0.
    public static RegisterWrites x0(long value) {
        return new RegisterWrites(1, new long[] {value});
    }

    /// Writes x0 and the registers after it, one for each value.
    public static RegisterWrites fromX0(long... values) {
        if (values.length > 31) {
            throw new IllegalArgumentException("there are 31 general registers, not " + values.length);
        }
        return new RegisterWrites((int) ((1L << values.length) - 1), values.clone());
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
        int below = Integer.bitCount(mask & (bit - 1));
        if ((mask & bit) != 0) {
            long[] changed = values.clone();
            changed[below] = value;
            return new RegisterWrites(mask, changed);
        }
        long[] grown = new long[values.length + 1];
        System.arraycopy(values, 0, grown, 0, below);
        grown[below] = value;
        System.arraycopy(values, below, grown, below + 1, values.length - below);
        return new RegisterWrites(mask | bit, grown);
    }

    /// Bit n is set where x`n` is written, 0 to 30.
    public int mask() {
        return mask;
    }

    /// How many registers are written.
    public int count() {
        return values.length;
    }

    /// The `k`-th value, in ascending order of the registers in [#mask].
    public long value(int k) {
        return values[k];
    }

    /// Applies the writes to registers in the array form of [GeneralRegisters].
    public void applyTo(long[] registers) {
        int rest = mask;
        for (int k = 0; k < values.length; k++) {
            registers[Integer.numberOfTrailingZeros(rest)] = values[k];
            rest &= rest - 1;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RegisterWrites that && mask == that.mask && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * mask + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int rest = mask;
        for (long value : values) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(GeneralRegisters.nameOf(Integer.numberOfTrailingZeros(rest)))
                    .append("=0x")
                    .append(Long.toHexString(value));
            rest &= rest - 1;
        }
        return text.isEmpty() ? "no register" : text.toString();
    }
}

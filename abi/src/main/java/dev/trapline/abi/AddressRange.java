package dev.trapline.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A range of guest addresses, compared as unsigned numbers.
///
/// @param start first address
/// @param end first address after it; not below `start`, so no range reaches the end of the address space
public record AddressRange(long start, long end) {

    public AddressRange {
        if (Long.compareUnsigned(end, start) < 0) {
            throw new IllegalArgumentException("ends at 0x%x before it starts at 0x%x".formatted(end, start));
        }
    }

    /// Whether `length` bytes from `start` end before the address space does.
    public static boolean fits(long start, long length) {
        return start == 0 || Long.compareUnsigned(length, -start) < 0;
    }

    /// The range of `length` bytes, which [#fits].
    public static AddressRange of(long start, long length) {
        return new AddressRange(start, start + length);
    }

    /// Whether an address is in it.
    public boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /// Whether all of another range is in it.
    public boolean contains(AddressRange other) {
        return Long.compareUnsigned(other.start, start) >= 0 && Long.compareUnsigned(other.end, end) <= 0;
    }

    /// Whether the two share an address. An empty range shares none.
    public boolean overlaps(AddressRange other) {
        return Long.compareUnsigned(start, other.end) < 0
                && Long.compareUnsigned(other.start, end) < 0
                && start != end
                && other.start != other.end;
    }

    /// The intersection with another range; may be empty.
    public Optional<AddressRange> common(AddressRange other) {
        return overlaps(other)
                ? Optional.of(new AddressRange(max(start, other.start), min(end, other.end)))
                : Optional.empty();
    }

    /// This range without another range: none, one or two ranges, in ascending order.
    public List<AddressRange> without(AddressRange other) {
        if (!overlaps(other)) {
            return List.of(this);
        }
        List<AddressRange> left = new ArrayList<>();
        if (Long.compareUnsigned(start, other.start) < 0) {
            left.add(new AddressRange(start, other.start));
        }
        if (Long.compareUnsigned(other.end, end) < 0) {
            left.add(new AddressRange(other.end, end));
        }
        return left;
    }

    private static long min(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? one : other;
    }

    private static long max(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? other : one;
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + " to 0x" + Long.toHexString(end);
    }
}

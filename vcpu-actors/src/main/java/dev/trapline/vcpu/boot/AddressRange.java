package dev.trapline.vcpu.boot;

/// A stretch of guest addresses, compared as unsigned numbers.
///
/// @param start first address
/// @param end first address behind it; not below `start`, so no range reaches the very end of the address space
record AddressRange(long start, long end) {

    AddressRange {
        if (Long.compareUnsigned(end, start) < 0) {
            throw new IllegalArgumentException("ends at 0x%x before it starts at 0x%x".formatted(end, start));
        }
    }

    /// Whether `length` bytes from `start` end before the address space does.
    static boolean fits(long start, long length) {
        return start == 0 || Long.compareUnsigned(length, -start) < 0;
    }

    /// The range of `length` bytes, which [#fits].
    static AddressRange of(long start, long length) {
        return new AddressRange(start, start + length);
    }

    boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    boolean contains(AddressRange other) {
        return Long.compareUnsigned(other.start, start) >= 0 && Long.compareUnsigned(other.end, end) <= 0;
    }

    /// Whether the two share an address. An empty range shares none.
    boolean overlaps(AddressRange other) {
        return Long.compareUnsigned(start, other.end) < 0
                && Long.compareUnsigned(other.start, end) < 0
                && start != end
                && other.start != other.end;
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + " to 0x" + Long.toHexString(end);
    }
}

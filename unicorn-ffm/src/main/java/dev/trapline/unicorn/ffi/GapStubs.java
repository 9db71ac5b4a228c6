package dev.trapline.unicorn.ffi;

/// The functions that the library calls for accesses to gaps: physical addresses without memory or device.
///
/// @param read address of a C function for loads
/// @param write the same for stores
public record GapStubs(long read, long write) {}

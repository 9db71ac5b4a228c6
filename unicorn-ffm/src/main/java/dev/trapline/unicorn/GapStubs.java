package dev.trapline.unicorn;

/// What the library calls for accesses to physical addresses at which there is nothing.
///
/// @param read address of a function of C
/// @param write the same
record GapStubs(long read, long write) {}

package dev.trapline.vcpu.memory;

/// A page of memory that a [PageStore] keeps.
///
/// @param number unlike that of any other page of its store
/// @param bytes never changed
@SuppressWarnings("ArrayRecordComponent")
record StoredPage(long number, byte[] bytes) {}

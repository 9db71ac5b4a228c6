package dev.trapline.abi.history;

import dev.trapline.abi.machine.Durability;

/// How much of a recording is on the disk.
///
/// @param durability how it is stored
/// @param segments how many were sealed
/// @param durable how many of them, from the first on, are known to survive a power cut
public record StoredHistory(Durability durability, long segments, long durable) {}

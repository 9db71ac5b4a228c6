package dev.trapline.board.boot;

import dev.trapline.abi.firmware.SharedMemory;

/// RAM that a service of the machine may share with the guest.
///
/// @param service its name
/// @param memory what it shares
public record Shared(String service, SharedMemory memory) {}

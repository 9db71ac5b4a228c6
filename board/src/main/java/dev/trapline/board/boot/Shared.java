package dev.trapline.board.boot;

import dev.trapline.abi.firmware.SharedMemory;

/// RAM that a service may share with the guest.
///
/// @param service the service's name
/// @param memory the shared memory
public record Shared(String service, SharedMemory memory) {}

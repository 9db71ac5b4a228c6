package dev.trapline.abi.firmware;

import dev.trapline.abi.AddressRange;

/// RAM that a service may share with its guest, on a call of the guest's. A machine leaves it out of the memory that
/// its device tree describes, and warns of images that lie there.
///
/// @param pages guest physical addresses
/// @param use which call uses it for what, to follow "where" in a message: `PV_TIME_ST keeps the stolen time`
/// @param setting key of the service's own that moves it
public record SharedMemory(AddressRange pages, String use, String setting) {}

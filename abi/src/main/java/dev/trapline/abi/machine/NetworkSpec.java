package dev.trapline.abi.machine;

import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;

/// The network interface of a machine.
///
/// @param kind what it is connected with
/// @param mac its address. Without an interface, that of the seed 0
public record NetworkSpec(NetworkKind kind, MacAddress mac) {

    /// No network interface.
    public static final NetworkSpec NONE = new NetworkSpec(NetworkKind.NONE, MacAddress.ofSeed(0));

    public NetworkSpec {
        mac = kind == NetworkKind.NONE ? MacAddress.ofSeed(0) : mac;
    }
}

package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;

/// An interrupt that firmware takes.
///
/// @param vcpu the vCPU of a private interrupt; [VcpuId#BOOT] for a shared one
/// @param intid 16 or more
public record FirmwareInterrupt(VcpuId vcpu, int intid) {}

package dev.trapline.abi.machine;

import dev.trapline.abi.VcpuId;

/// An interrupt for a vCPU that is known before the run begins.
public record PlannedInterrupt(VcpuId vcpu, Moment when) {}

package dev.trapline.abi.engine;

/// The generic timers of a CPU that its EL1 has. Each asserts an interrupt of its own.
public enum CpuTimer {
    /// CNTP_*: compares with CNTPCT.
    PHYSICAL,
    /// CNTV_*: compares with CNTVCT.
    VIRTUAL
}

package dev.trapline.abi.machine;

/// Where a vCPU is in its life.
///
/// ```text
///  OFF ──CPU_ON──▶ ON_PENDING ──first grant──▶ ON ──WFI, standby──▶ SUSPENDED
///   ▲                  ▲                      │ │ ▲                   │
///   │                  │                      │ │ └────interrupt──────┘
///   │                  └─interrupt─ POWERED_DOWN ◀┘ power-down
///   └───────────────CPU_OFF───────────────────┘
/// ```
public enum VcpuState {
    /// Not powered: registers do not exist.
    OFF("off"),
    /// Powered on, has not executed an instruction yet.
    ON_PENDING("on pending"),
    /// Running whenever it is granted a slice.
    ON("on"),
    /// Waiting for an interrupt.
    SUSPENDED("waiting for an interrupt"),
    /// Without power until an interrupt: registers do not exist.
    POWERED_DOWN("powered down until an interrupt"),
    /// On, and held by a fault: it executes nothing, whatever happens.
    STALLED("held by a fault");

    private final String description;

    VcpuState(String description) {
        this.description = description;
    }

    /// In words, for people.
    public String description() {
        return description;
    }

    /// Whether it has something to execute: a scheduler may grant it a slice, once it is ready.
    public boolean isRunnable() {
        return switch (this) {
            case ON_PENDING, ON -> true;
            case OFF, SUSPENDED, POWERED_DOWN, STALLED -> false;
        };
    }
}

package dev.trapline.abi.machine;

/// Where a vCPU is in its life.
///
/// ```text
///  OFF ──CPU_ON──▶ ON_PENDING ──first grant──▶ ON ──WFI──▶ SUSPENDED
///   ▲                                         │ ▲             │
///   └───────────────CPU_OFF───────────────────┘ └────wake─────┘
/// ```
public enum VcpuState {
    /// Not powered: registers do not exist.
    OFF("off"),
    /// Powered on, has not executed an instruction yet.
    ON_PENDING("on pending"),
    /// Running whenever it is granted a slice.
    ON("on"),
    /// Waiting for an interrupt.
    SUSPENDED("waiting for an interrupt");

    private final String description;

    VcpuState(String description) {
        this.description = description;
    }

    /// In words, for people.
    public String description() {
        return description;
    }

    /// Whether a scheduler may grant it a slice.
    public boolean isRunnable() {
        return switch (this) {
            case ON_PENDING, ON -> true;
            case OFF, SUSPENDED -> false;
        };
    }
}

package dev.trapline.abi.engine;

/// What the interrupt inputs and the timer outputs of one CPU are connected to: an interrupt controller.
///
/// It is used on the thread that runs the engine, within slices. It answers from its own state.
public interface CpuWiring {

    /// The level of the CPU's IRQ input.
    boolean irq();

    /// The level of the CPU's FIQ input.
    boolean fiq();

    /// Whether an interrupt that firmware takes is pending, for this CPU or for the machine. A slice ends before
    /// its next instruction then, with [dev.trapline.abi.exit.Exit.FirmwareInterrupt].
    default boolean firmware() {
        return false;
    }

    /// Sets the level of a timer's output. The engine calls it at the beginning of each slice, and whenever the
    /// level may have changed since.
    ///
    /// @param high whether the timer asserts its interrupt
    void timer(CpuTimer timer, boolean high);

    /// Whether a timer that asserts its interrupt ends a wait of the CPU. If the interrupt controller is on, it
    /// does if it raises an input of the CPU: a timer whose interrupt is not enabled ends no wait.
    boolean wakes(CpuTimer timer);

    /// Whether an SError is pending.
    default boolean serror() {
        return false;
    }

    /// The CPU takes the pending SError.
    ///
    /// @return its syndrome: ESR_EL1.ISS
    default int takeSError() {
        throw new IllegalStateException("no SError is pending");
    }

    /// The CPU gets power: its interface to the interrupt controller is reset, and no SError is pending.
    default void reset() {
        systemRegisters().reset();
    }

    /// The system registers by which the CPU accesses the interrupt controller.
    default SystemRegisters systemRegisters() {
        return SystemRegisters.NONE;
    }
}

package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;

/// The interrupt inputs and timer outputs of a wired CPU, during a slice.
///
/// A slice is run in parts. A part ends when an input may have risen: the guest wrote a timer's register, or accessed a
/// device. Between these points, no input can change.
public final class InterruptInputs {

    /// PSTATE.F, PSTATE.I and PSTATE.A.
    private static final long FIQ_MASKED = 1 << 6;

    private static final long IRQ_MASKED = 1 << 7;
    private static final long SERROR_MASKED = 1 << 8;

    private final CpuWiring wiring;
    private final ControllerAccess controller;
    private final Runnable stop;
    private boolean irq;
    private boolean fiq;
    private boolean firmware;
    private boolean rose;

    /// @param stop ends the library's run
    public InterruptInputs(CpuWiring wiring, Runnable stop) {
        this.wiring = wiring;
        this.controller = new ControllerAccess(wiring.systemRegisters());
        this.stop = stop;
    }

    public void beginPart() {
        irq = wiring.irq();
        fiq = wiring.fiq();
        firmware = wiring.firmware();
        rose = false;
        controller.beginPart();
    }

    /// The accesses to system registers of the interrupt controller.
    public ControllerAccess controller() {
        return controller;
    }

    /// Sets the output of a timer.
    void timer(CpuTimer timer, boolean high) {
        wiring.timer(timer, high);
    }

    boolean irq() {
        return wiring.irq();
    }

    boolean fiq() {
        return wiring.fiq();
    }

    /// Whether an interrupt is pending that firmware takes.
    boolean firmware() {
        return wiring.firmware();
    }

    /// The value of ISR_EL1: the inputs that are high, each in the place of its mask in PSTATE (DDI0487 D13.2.63).
    long status() {
        return (irq() ? IRQ_MASKED : 0) | (fiq() ? FIQ_MASKED : 0) | (serror() ? SERROR_MASKED : 0);
    }

    /// Whether an SError is pending. None becomes pending during a slice.
    boolean serror() {
        return wiring.serror();
    }

    /// See [CpuWiring#takeSError].
    int takeSError() {
        return wiring.takeSError();
    }

    static boolean masksSError(long pstate) {
        return (pstate & SERROR_MASKED) != 0;
    }

    static boolean masksIrq(long pstate) {
        return (pstate & IRQ_MASKED) != 0;
    }

    static boolean masksFiq(long pstate) {
        return (pstate & FIQ_MASKED) != 0;
    }

    /// Called after a device was accessed: the part ends behind the instruction if an input has risen. The
    /// instruction runs alone, so the library needs no request to stop; it would stop before the instruction is
    /// completed.
    void deviceAccessed() {
        rose |= (wiring.irq() && !irq) || (wiring.fiq() && !fiq) || (wiring.firmware() && !firmware);
    }

    /// Ends the part: an input may have risen, or the current instruction has to run alone.
    void endPart() {
        rose = true;
        stop.run();
    }

    /// Whether the part is to end.
    public boolean isPartOver() {
        return rose;
    }
}

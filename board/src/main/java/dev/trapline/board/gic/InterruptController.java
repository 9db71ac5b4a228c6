package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;

/// A device that collects the interrupts of other devices and signals them to the CPUs: a GIC.
///
/// It has an input for each shared interrupt (SPI), and one for each private interrupt (PPI) of each vCPU. Exactly one
/// line may drive an input.
public interface InterruptController {

    /// The smallest INTID of a private interrupt (PPI). Smaller INTIDs are software-generated interrupts (SGI).
    int FIRST_PPI = 16;

    /// The smallest INTID of a shared interrupt (SPI).
    int FIRST_SPI = 32;

    /// The input of a shared interrupt, as the listener of the line that drives it.
    ///
    /// @param intid 32 or more
    /// @throws IllegalArgumentException if the controller has no such interrupt
    Line.Listener spi(int intid);

    /// The input of a private interrupt, as the listener of the line that drives it.
    ///
    /// @param intid 16 to 31
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    Line.Listener ppi(VcpuId vcpu, int intid);

    /// Whether the vCPU's IRQ input is high now. Cheap.
    boolean irq(VcpuId vcpu);

    /// Whether the vCPU's FIQ input is high now. Cheap.
    boolean fiq(VcpuId vcpu);

    /// Whether the vCPU's IRQ or FIQ input would be high if the input of this interrupt rose now. That is what ends
    /// a WFI; the masks in PSTATE do not matter. Changes nothing.
    ///
    /// @param intid of a private or shared interrupt
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    boolean wakes(VcpuId vcpu, int intid);

    /// Makes an interrupt pending that no line drives, as a write to GICD_ISPENDR does. A software-generated
    /// interrupt comes from the vCPU itself.
    ///
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    void inject(VcpuId vcpu, int intid);
}

package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import dev.trapline.board.bus.Line;
import java.util.List;

/// A device that collects the interrupts of other devices and signals them to the CPUs: a GIC.
///
/// It has an input for each shared interrupt (SPI), and one for each private interrupt (PPI) of each vCPU. Exactly one
/// line may drive an input.
public interface InterruptController {

    /// The label of its device-tree node, to which other nodes refer.
    String LABEL = "intc";

    /// The number of INTIDs. SPIs have 32 to 287.
    int INTIDS = Interrupts.COUNT;

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

    /// Whether a wait of the vCPU is to end: WFI, or a suspend by PSCI. Its IRQ or FIQ input is high, or, without
    /// power, it is to get it. The masks in PSTATE do not matter. Cheap.
    boolean wakes(VcpuId vcpu);

    /// Whether a wait of the vCPU would end if the input of this interrupt rose now. Changes nothing.
    ///
    /// @param intid of a private or shared interrupt
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    boolean wakes(VcpuId vcpu, int intid);

    /// Chooses the receiver of a private or shared interrupt. Nothing happens if there is no interrupt with this
    /// INTID.
    ///
    /// @param vcpu whose private interrupt it is
    void route(VcpuId vcpu, int intid, Receiver receiver);

    /// Whether an interrupt that firmware takes is pending: a private one of the vCPU, or a shared one. Cheap.
    boolean firmware(VcpuId vcpu);

    /// Firmware takes the interrupts that are pending for it, in a fixed order. Their receiver is [Receiver#NOBODY]
    /// then.
    List<FirmwareInterrupt> takeForFirmware();

    /// Whether the Distributor forwards interrupts: the guest has turned it on.
    boolean isOn();

    /// The system registers by which the vCPU accesses its CPU interface.
    default SystemRegisters systemRegisters(VcpuId vcpu) {
        return SystemRegisters.NONE;
    }

    /// Makes an interrupt pending that no line drives, as a write to GICD_ISPENDR does. A software-generated
    /// interrupt comes from the vCPU itself.
    ///
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    void inject(VcpuId vcpu, int intid);

    /// Makes an interrupt not pending, as a write to GICD_ICPENDR does. A software-generated one is dropped from
    /// all its senders. A level-sensitive one whose line is high stays pending.
    ///
    /// @throws IllegalArgumentException if the controller has no such interrupt or vCPU
    void lose(VcpuId vcpu, int intid);
}

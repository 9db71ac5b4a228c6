package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import java.util.Objects;

/// An action that a firmware service requests in addition to writing the caller's registers. The machine executes it
/// before any vCPU continues.
public sealed interface Effect {

    /// Starts a vCPU that is off: EL1h (SVC mode in AArch32), exceptions masked, MMU off, x0 = `contextId`, PC =
    /// `entry`, everything else as after a reset. On an AArch32 machine, bit 0 of `entry` is not part of PC, and
    /// selects T32.
    ///
    /// @param readyAt virtual time before which it executes nothing: until then it is pending
    /// @param order byte order of its data accesses: SCTLR_EL1.EE, on AArch32 CPSR.E and SCTLR.EE
    record PowerOn(VcpuId target, long entry, long contextId, long readyAt, DataOrder order) implements Effect {
        public PowerOn {
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(order, "order");
        }

        /// Starts it with little-endian data.
        public PowerOn(VcpuId target, long entry, long contextId, long readyAt) {
            this(target, entry, contextId, readyAt, DataOrder.LITTLE);
        }
    }

    /// Turns a vCPU off. Its registers are lost, and so is a pending interrupt.
    record PowerOff(VcpuId target) implements Effect {
        public PowerOff {
            Objects.requireNonNull(target, "target");
        }
    }

    /// Makes a vCPU wait for an interrupt, like WFI. It keeps its registers, and continues after its call. If an
    /// interrupt is already pending, it does not wait.
    record Standby(VcpuId target) implements Effect {
        public Standby {
            Objects.requireNonNull(target, "target");
        }
    }

    /// Powers a vCPU down until an interrupt: its registers are lost, and it starts again like after [PowerOn]. Its
    /// timers keep their power: CNTP and CNTV keep their control and compare values, and wake it. If an interrupt
    /// is already pending, it keeps its power and continues after its call, with the registers that the reply
    /// writes.
    ///
    /// @param order as for [PowerOn]
    record PowerDown(VcpuId target, long entry, long contextId, DataOrder order) implements Effect {
        public PowerDown {
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(order, "order");
        }

        /// It starts again with little-endian data.
        public PowerDown(VcpuId target, long entry, long contextId) {
            this(target, entry, contextId, DataOrder.LITTLE);
        }
    }

    /// The result of a [Standby] or a [PowerDown] while an interrupt is already pending: the vCPU does not wait,
    /// and continues after its call. The machine records this in place of the effect that the service returned, and
    /// notifies services by [MachineEvent.StayedAwake]. Services do not return it.
    record StayAwake(VcpuId target) implements Effect {
        public StayAwake {
            Objects.requireNonNull(target, "target");
        }
    }

    /// An interrupt for a vCPU: ends its wait, or lets its next one end at once; nothing if it is off.
    record Wake(VcpuId target) implements Effect {
        public Wake {
            Objects.requireNonNull(target, "target");
        }
    }

    /// The effects that enter and leave an event handler.
    sealed interface EventHandling extends Effect {
        /// The vCPU whose handler it is.
        VcpuId target();
    }

    /// Interrupts a vCPU that has power, and ends its wait if it waits: x0 to x17, PC and PSTATE are saved, and it
    /// continues at `entry` with x0 = `event`, x1 = `argument`, x2 = the PC and x3 = the PSTATE that were
    /// interrupted, at EL1 with its own stack pointer (SPSel 1), exceptions masked. All other registers keep their
    /// values; the exclusive monitor is cleared (DEN0054 §5.2). AArch64 only.
    ///
    /// A vCPU can be interrupted again in its handler: the saved states form a stack.
    record DeliverEvent(VcpuId target, long entry, long event, long argument) implements EventHandling {
        public DeliverEvent {
            Objects.requireNonNull(target, "target");
        }
    }

    /// Restores what the last [DeliverEvent] of a vCPU saved: it continues as if it had not been interrupted,
    /// except for the exclusive monitor, which is cleared.
    record CompleteEvent(VcpuId target) implements EventHandling {
        public CompleteEvent {
            Objects.requireNonNull(target, "target");
        }
    }

    /// Restores x0 to x17, and makes the vCPU continue at `address` as if it had taken an exception to EL1 where
    /// the last [DeliverEvent] interrupted it: ELR_EL1 and SPSR_EL1 contain the interrupted PC and PSTATE,
    /// exceptions are masked, SPSel is 1.
    record CompleteEventAndResume(VcpuId target, long address) implements EventHandling {
        public CompleteEventAndResume {
            Objects.requireNonNull(target, "target");
        }
    }

    /// Writes guest memory. Every vCPU sees it, instruction fetches included.
    ///
    /// @param address guest physical address; all of the bytes must lie in memory
    record WriteMemory(long address, Bytes bytes) implements Effect {
        public WriteMemory {
            Objects.requireNonNull(bytes, "bytes");
        }
    }

    /// Ends the run: the guest turned its machine off.
    ///
    /// @param kind what the guest expects of the next start
    record SystemOff(Off kind) implements Effect {
        /// What the guest expects of the next start.
        public enum Off {
            /// Nothing: PSCI's SYSTEM_OFF.
            POWER_OFF,
            /// That it resumes from an image that it has saved itself: PSCI's SYSTEM_OFF2 with
            /// HIBERNATE_OFF.
            HIBERNATE
        }

        /// Off, without a saved state.
        public SystemOff() {
            this(Off.POWER_OFF);
        }
    }

    /// Restarts the machine: every vCPU reset, the first one started. Virtual time and the schedule continue. On a
    /// machine that does not reboot, it ends the run.
    ///
    /// @param kind the effect on memory
    /// @param request how the guest asked for it
    record SystemReset(Reset kind, ResetRequest request) implements Effect {
        /// The effect of a reset on memory.
        public enum Reset {
            /// RAM is zeroed, and images are loaded again.
            COLD,
            /// All memory keeps its content.
            WARM
        }

        /// A reset by a call without arguments.
        public SystemReset(Reset kind) {
            this(kind, new ResetRequest.Plain());
        }
    }

    /// Requests entropy: it arrives as a [MachineEvent.Entropy], before any vCPU continues.
    ///
    /// @param bytes 1 to [#MAX_ENTROPY]
    record DrawEntropy(int bytes) implements Effect {
        /// The largest number of bytes that can be drawn at once.
        public static final int MAX_ENTROPY = 4096;

        public DrawEntropy {
            if (bytes < 1 || bytes > MAX_ENTROPY) {
                throw new IllegalArgumentException("entropy is drawn by 1 to " + MAX_ENTROPY + " bytes, not " + bytes);
            }
        }
    }

    /// Makes the machine write a vCPU's stolen time to guest memory: the nanoseconds of virtual time, from now on,
    /// during which it could run but was skipped. Written before each of its slices, as 8 bytes, little-endian. A
    /// reset of the machine ends it.
    ///
    /// @param address guest physical address, a multiple of 8, in memory
    record ShareStolenTime(VcpuId of, long address) implements Effect {
        public ShareStolenTime {
            Objects.requireNonNull(of, "of");
        }
    }

    /// Chooses the receiver of an interrupt of the interrupt controller. At the start and after a reset of the
    /// machine, it is the guest. While it is not, the interrupt does not exist for the guest: its fields in the
    /// controller's registers read zero and ignore writes. A change from or to the guest forgets that the interrupt
    /// was pending, unless its line is high and level-sensitive.
    ///
    /// Nothing happens if the machine has no such interrupt, or no interrupt controller.
    ///
    /// @param target the vCPU whose private interrupt it is; any vCPU for a shared one
    /// @param intid 16 to 1019: a private or a shared interrupt
    record RouteInterrupt(VcpuId target, int intid, Receiver receiver) implements Effect {
        /// The smallest INTID of a private interrupt with a line.
        public static final int MIN_INTID = 16;

        /// The largest INTID of a shared interrupt.
        public static final int MAX_INTID = 1019;

        /// Who gets an interrupt.
        public enum Receiver {
            /// The guest, as it has configured the interrupt.
            GUEST,
            /// Nobody yet: it belongs to firmware, and stays pending.
            NOBODY,
            /// Firmware: as soon as it is pending, services are notified by [MachineEvent.Interrupted],
            /// once. Then it is no longer pending, unless its line stays high, and its receiver is
            /// [#NOBODY]. A service that chooses firmware again while the line is high is notified again
            /// before the guest executes an instruction.
            FIRMWARE
        }

        public RouteInterrupt {
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(receiver, "receiver");
            if (intid < MIN_INTID || intid > MAX_INTID) {
                throw new IllegalArgumentException(
                        "INTIDs " + MIN_INTID + " to " + MAX_INTID + " can be routed, not " + intid);
            }
        }
    }

    /// Ends the run with a status of the guest's choice.
    ///
    /// @param status all 64 bits; a process passes on the low 8
    record ExitRun(long status) implements Effect {}
}

package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;

/// What a firmware service wants done beyond writing the caller's registers. The machine does it before it lets any
/// vCPU go on.
public sealed interface Effect {

    /// Starts a vCPU that is off: EL1h (SVC mode in AArch32), exceptions masked, MMU off, x0 = `contextId`, PC =
    /// `entry`, all else as after a reset. On an AArch32 machine, bit 0 of `entry` is no part of PC and selects
    /// T32.
    record PowerOn(VcpuId target, long entry, long contextId) implements Effect {}

    /// Turns a vCPU off. Its registers are lost.
    record PowerOff(VcpuId target) implements Effect {}

    /// Ends a vCPU's wait for an interrupt; nothing if it does not wait.
    record Wake(VcpuId target) implements Effect {}

    /// Writes guest memory. Every vCPU sees it, instruction fetches included.
    ///
    /// @param address guest physical address; all of the bytes must lie in memory
    record WriteMemory(long address, Bytes bytes) implements Effect {}

    /// Ends the run: the guest turned its machine off.
    record SystemOff() implements Effect {}

    /// Restarts the machine: memory zeroed, images loaded again, every vCPU reset. Virtual time and the schedule go
    /// on.
    record SystemReset() implements Effect {}

    /// Ends the run with a status of the guest's choice.
    ///
    /// @param status all 64 bits; a process passes on the low 8
    record ExitRun(long status) implements Effect {}
}

package dev.trapline.junit;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.JournalRecord.Answer;

/// A hypercall of a run, and its answer.
///
/// @param vcpu the caller
/// @param function the name that its service gives it, or its identifier in hexadecimal
/// @param exit its registers
/// @param answer what it returned and did
/// @param text it all, as a trace shows it
public record GuestCall(VcpuId vcpu, String function, HypercallExit exit, Answer answer, String text) {

    /// An argument.
    ///
    /// @param n 1 is x1
    public long argument(int n) {
        return exit.registers().get(n);
    }

    /// What it returned in x0, as a signed number of 32 bits, as PSCI and others return results.
    public int result() {
        return (int)
                (answer.registers().mask() % 2 == 1
                        ? answer.registers().value(0)
                        : exit.registers().get(0));
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.trapline.benchmarks;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import dev.trapline.testkit.Assembler;

/// Loops of AArch32 code that end with SYSTEM_OFF. In each, the comparison sets Z, so NE fails. SMC and HVC are written
/// as numbers, because the assembler does not know them for AArch32.
public enum Aarch32Loop {
    /// 50 million rounds: no call at all.
    A32_WITHOUT_CALLS(ExecutionState.A32, 50_000_000, "cmp r1, r1", "mov r2, r2"),
    /// A million rounds of `smcne #0`.
    A32_FAILED_CALLS(ExecutionState.A32, 1_000_000, "cmp r1, r1", ".inst 0x11600070"),
    /// A million rounds of `smc #0`: PSCI answers each, for comparison.
    A32_CALLS(ExecutionState.A32, 1_000_000, "mov r0, #0x84000000", ".inst 0xe1600070"),
    /// 50 million rounds: an IT block without a call.
    T32_WITHOUT_CALLS(ExecutionState.T32, 50_000_000, "cmp r1, r1", "it ne", "movne r2, r2"),
    /// A million rounds of `it ne; smcne #0`.
    T32_FAILED_CALLS(ExecutionState.T32, 1_000_000, "cmp r1, r1", ".short 0xbf18, 0xf7f0, 0x8000");

    private final ExecutionState state;
    private final int rounds;
    private final String body;

    Aarch32Loop(ExecutionState state, int rounds, String... body) {
        this.state = state;
        this.rounds = rounds;
        this.body = String.join("\n", body);
    }

    /// The loop, from `movw r1, movt r1` to SYSTEM_OFF.
    Image image() {
        return Assembler.image(name(), state, """
                movw r1, #%d
                movt r1, #%d
            loop:
                %s
                subs r1, #1
                bne loop
                movw r0, #8             // PSCI SYSTEM_OFF
                movt r0, #0x8400
                %s
            """.formatted(
                        rounds & 0xffff,
                        rounds >>> 16,
                        body,
                        state == ExecutionState.A32 ? ".inst 0xe1400070" : ".short 0xf7e0, 0x8000"));
    }
}

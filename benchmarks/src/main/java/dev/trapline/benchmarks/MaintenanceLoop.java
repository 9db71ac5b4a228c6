package dev.trapline.benchmarks;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import dev.trapline.testkit.Assembler;

/// Loops of A64 code that end the slice in each round with a maintenance operation, and end with SYSTEM_OFF.
public enum MaintenanceLoop {
    /// IC IVAU of a line that contains no code.
    IC_IVAU("movz x12, #0x4700, lsl #16", "ic ivau, x12"),
    /// IC IVAU of the running line: the loop is translated again in each round.
    IC_IVAU_OF_RUNNING_CODE("here: adr x12, here", "ic ivau, x12"),
    /// TLBI VMALLE1IS.
    TLBI("nop", "tlbi vmalle1is");

    /// The number of rounds of each: `movz x10, #3, lsl #16`.
    static final int ROUNDS = 3 << 16;

    /// How often [#cpuOn] starts its second CPU.
    static final int STARTS = 1000;

    private final String address;
    private final String operation;

    /// @param address the instruction that puts an address into x12
    /// @param operation the instruction that ends the slice
    MaintenanceLoop(String address, String operation) {
        this.address = address;
        this.operation = operation;
    }

    /// The loop as an image.
    Image image() {
        return Assembler.image(name(), ExecutionState.A64, """
                movz x10, #3, lsl #16
                %s
            loop:
                %s
                subs x10, x10, #1
                b.ne loop
                movz x0, #0x8400, lsl #16
                movk x0, #8             // PSCI SYSTEM_OFF
                hvc #0
            """.formatted(address, operation));
    }

    /// A guest that starts its second CPU repeatedly. That CPU turns itself off, and AFFINITY_INFO shows when.
    static Image cpuOn() {
        return Assembler.image("cpu-on", ExecutionState.A64, """
                movz x19, #1000
            start:
                movz x0, #3
                movk x0, #0xc400, lsl #16   // PSCI CPU_ON
                movz x1, #1
                adr x2, second
                movz x3, #0
                hvc #0
            wait:
                movz x0, #4
                movk x0, #0xc400, lsl #16   // PSCI AFFINITY_INFO
                movz x1, #1
                movz x2, #0
                hvc #0
                cmp x0, #1                  // OFF
                b.ne wait
                subs x19, x19, #1
                b.ne start
                movz x0, #0x8400, lsl #16
                movk x0, #8                 // PSCI SYSTEM_OFF
                hvc #0
            second:
                movz x0, #0x8400, lsl #16
                movk x0, #2                 // PSCI CPU_OFF
                hvc #0
            """);
    }
}

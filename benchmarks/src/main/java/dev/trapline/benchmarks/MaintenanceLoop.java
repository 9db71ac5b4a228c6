package dev.trapline.benchmarks;

import dev.trapline.abi.machine.Image;

/// Loops of A64 code that end the slice in each round by something that concerns engines, and end with SYSTEM_OFF.
public enum MaintenanceLoop {
    /// IC IVAU of a line that holds no code.
    IC_IVAU(0xd2a8_e00c, 0xd50b_752c),
    /// IC IVAU of the line that runs: the loop is translated again in each round.
    IC_IVAU_OF_RUNNING_CODE(0x1000_000c, 0xd50b_752c),
    /// TLBI VMALLE1IS.
    TLBI(0xd503_201f, 0xd508_831f);

    /// Rounds of each: `movz x10, #3, lsl #16`.
    static final int ROUNDS = 3 << 16;

    private static final long ENTRY = 0x4008_0000L;

    /// Turns vCPU 1 on a thousand times: it turns itself off, and AFFINITY_INFO tells when.
    private static final int[] CPU_ON = {
        0xd280_7d13, 0xd280_0060, 0xf2b8_8000, 0xd280_0021, 0x1000_01e2, 0xd280_0003, 0xd400_0002, 0xd280_0080,
        0xf2b8_8000, 0xd280_0021, 0xd280_0002, 0xd400_0002, 0xf100_041f, 0x54ff_ff41, 0xf100_0673, 0x54ff_fe41,
        0xd2b0_8000, 0xf280_0100, 0xd400_0002, 0xd2b0_8000, 0xf280_0040, 0xd400_0002
    };

    /// How often [#cpuOn] does.
    static final int STARTS = 1000;

    private final int address;
    private final int operation;

    /// @param address puts an address into x12
    /// @param operation ends the slice
    MaintenanceLoop(int address, int operation) {
        this.address = address;
        this.operation = operation;
    }

    /// The loop as an image.
    Image image() {
        return image(
                name(),
                0xd2a0_006a, // movz x10, #3, lsl #16
                address,
                operation,
                0xf100_054a, // subs x10, x10, #1
                0x54ff_ffc1, // b.ne to the operation
                0xd2b0_8000, // movz x0, #0x8400, lsl #16
                0xf280_0100, // movk x0, #8: PSCI SYSTEM_OFF
                0xd400_0002); // hvc #0
    }

    /// A guest that starts its second CPU over and over.
    static Image cpuOn() {
        return image("cpu-on", CPU_ON);
    }

    private static Image image(String name, int... words) {
        return new Image(Image.Kind.RAW, name, ENTRY, Guest.code(words));
    }
}

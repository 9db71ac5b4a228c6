package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import keystone.Keystone;
import keystone.KeystoneArchitecture;
import keystone.KeystoneMode;

/// Guests that a test assembles itself.
final class Assembled {

    private static final long BASE = 0x4008_0000L;

    private Assembled() {}

    /// Code that starts at its first instruction.
    ///
    /// @param source one instruction a line
    static Image image(ExecutionState state, String source) {
        KeystoneArchitecture architecture =
                state == ExecutionState.A64 ? KeystoneArchitecture.Arm64 : KeystoneArchitecture.Arm;
        KeystoneMode mode = switch (state) {
            case A64 -> KeystoneMode.LittleEndian;
            case A32 -> KeystoneMode.Arm;
            case T32 -> KeystoneMode.ArmThumb;
        };
        try (Keystone keystone = new Keystone(architecture, mode)) {
            byte[] code = keystone.assemble(source, (int) BASE).getMachineCode();
            long thumb = state == ExecutionState.T32 ? 1 : 0;
            return new Image(Image.Kind.RAW, "assembled.bin", BASE | thumb, Bytes.copyOf(code));
        }
    }
}

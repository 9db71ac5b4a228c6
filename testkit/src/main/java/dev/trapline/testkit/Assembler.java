package dev.trapline.testkit;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import keystone.Keystone;
import keystone.KeystoneArchitecture;
import keystone.KeystoneMode;

/// Assembles a few instructions, so that tests can contain readable guests.
///
/// Instructions that Keystone does not know (such as newer system registers) can be written as a word: `.inst
/// 0xd503207f`.
public final class Assembler {

    private static final int BASE = 0x4008_0000;

    private Assembler() {}

    /// Assembles A64 code for address 0.
    public static byte[] a64(String source) {
        return assemble(ExecutionState.A64, source, 0);
    }

    /// Assembles A32 code for address 0.
    public static byte[] a32(String source) {
        return assemble(ExecutionState.A32, source, 0);
    }

    /// Assembles T32 code for address 0.
    public static byte[] t32(String source) {
        return assemble(ExecutionState.T32, source, 0);
    }

    /// A guest that starts at its first instruction, at 0x40080000.
    ///
    /// @param name of the image
    public static Image image(String name, ExecutionState state, String source) {
        long thumb = state == ExecutionState.T32 ? 1 : 0;
        return new Image(Image.Kind.RAW, name, BASE | thumb, Bytes.copyOf(assemble(state, source, BASE)));
    }

    /// Assembles code.
    ///
    /// @param source instructions and labels, one per line or separated by `;`; `//` begins a comment
    /// @param address the address of the code, for ADR and branches to absolute addresses; below 2 GiB
    public static byte[] assemble(ExecutionState state, String source, int address) {
        KeystoneArchitecture architecture = state.isAarch32() ? KeystoneArchitecture.Arm : KeystoneArchitecture.Arm64;
        KeystoneMode mode = switch (state) {
            case A64 -> KeystoneMode.LittleEndian;
            case A32 -> KeystoneMode.Arm;
            case T32 -> KeystoneMode.ArmThumb;
        };
        List<String> lines = new ArrayList<>();
        for (String line : source.split("[\n;]", -1)) {
            int comment = line.indexOf("//");
            String code = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!code.isEmpty()) {
                lines.add(code.replace(".inst ", ".long "));
            }
        }
        try (Keystone keystone = new Keystone(architecture, mode)) {
            byte[] code = keystone.assemble(String.join("\n", lines), address).getMachineCode();
            if (code.length == 0) {
                throw new IllegalArgumentException("Keystone cannot assemble this, and gives no reason: " + source);
            }
            return code;
        }
    }

    /// A word of machine code in memory order.
    public static byte[] word(int instruction) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(instruction)
                .array();
    }
}

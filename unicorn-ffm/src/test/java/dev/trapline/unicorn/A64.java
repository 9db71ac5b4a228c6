package dev.trapline.unicorn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import keystone.Keystone;
import keystone.KeystoneArchitecture;
import keystone.KeystoneMode;

/// Assembles a few instructions, so that a guest stands readable in its test.
///
/// What Keystone's assembler does not know (names of newer system registers, say) can be written as a word: `.inst
/// 0xd503207f`.
public final class A64 {

    private A64() {}

    /// Assembles A64 code for address 0.
    public static byte[] assemble(String source) {
        return assemble(source, 0);
    }

    /// Assembles A64 code.
    ///
    /// @param source instructions and labels, one a line or separated by `;`; `//` begins a comment
    /// @param address where it will stand: what ADR and branches to absolute addresses count from; below 2 GiB
    public static byte[] assemble(String source, int address) {
        return assemble(KeystoneArchitecture.Arm64, KeystoneMode.LittleEndian, source, address);
    }

    /// Assembles A32 code.
    public static byte[] assembleA32(String source) {
        return assemble(KeystoneArchitecture.Arm, KeystoneMode.Arm, source, 0);
    }

    /// Assembles T32 code.
    public static byte[] assembleT32(String source) {
        return assemble(KeystoneArchitecture.Arm, KeystoneMode.ArmThumb, source, 0);
    }

    private static byte[] assemble(KeystoneArchitecture architecture, KeystoneMode mode, String source, int address) {
        List<String> lines = new ArrayList<>();
        for (String line : source.split("[\n;]", -1)) {
            int comment = line.indexOf("//");
            String code = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!code.isEmpty()) {
                lines.add(code.replace(".inst ", ".long "));
            }
        }
        try (Keystone keystone = new Keystone(architecture, mode)) {
            return keystone.assemble(String.join("\n", lines), address).getMachineCode();
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

package dev.trapline.launcher;

import capstone.Capstone;
import capstone.api.Instruction;
import dev.trapline.abi.Bytes;
import java.util.Locale;

/// Names instructions by Capstone. Without its native library there are only the numbers.
final class Disassembler {

    private Disassembler() {}

    /// One A64 instruction: `hvc #0`, or a note on why it has no name.
    ///
    /// @param word four bytes, as they lie in memory
    /// @param address where they lie
    static String describe(Bytes word, long address) {
        try {
            return named(word, address);
        } catch (LinkageError | RuntimeException e) {
            // JNA reports a library that is missing for this platform as one or the other.
            return "no disassembly: Capstone cannot be loaded (" + e.getClass().getSimpleName() + ")";
        }
    }

    private static String named(Bytes word, long address) {
        try (Capstone capstone = new Capstone(Capstone.CS_ARCH_ARM64, Capstone.CS_MODE_ARM)) {
            Instruction[] instructions = capstone.disasm(word.toArray(), address, 1);
            return instructions.length == 0
                    ? "not an instruction"
                    : (instructions[0].getMnemonic() + " " + instructions[0].getOpStr())
                            .strip()
                            .toLowerCase(Locale.ROOT);
        }
    }
}

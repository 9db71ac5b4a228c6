package dev.trapline.launcher.output;

import capstone.Capstone;
import capstone.api.Instruction;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.GuestMemory;
import java.util.Locale;

/// Disassembles instructions with Capstone. Without its native library, only the words are shown.
public final class Disassembler {

    private static final int WORD = 4;
    private static final int HALFWORD = 2;
    /// A first halfword whose high byte is at least this begins a 32-bit T32 instruction (DDI0406 A6.1).
    private static final int WIDE_THUMB = 0xe8;

    private Disassembler() {}

    /// One A64 instruction as text: `hvc #0`, or a note that says why there is none.
    ///
    /// @param word four bytes, in memory order
    /// @param address their address
    public static String describe(Bytes word, long address) {
        return describe(word, address, ExecutionState.A64);
    }

    /// One instruction as text: `hvc #0`, or a note that says why there is none.
    ///
    /// @param code its bytes, in memory order
    /// @param address their address
    public static String describe(Bytes code, long address, ExecutionState state) {
        try {
            return named(code, address, state);
        } catch (LinkageError | RuntimeException e) {
            // JNA reports a library that is missing for this platform as one or the other.
            return "no disassembly: Capstone cannot be loaded (" + e.getClass().getSimpleName() + ")";
        }
    }

    /// The length of the instruction at an address, in bytes; 0 if it is not completely in memory.
    public static int length(GuestMemory memory, long address, ExecutionState state) {
        int length = switch (state) {
            case A64, A32 -> WORD;
            case T32 -> {
                if (!memory.contains(address, HALFWORD)) {
                    yield HALFWORD;
                }
                Bytes first = memory.read(address, HALFWORD);
                yield Byte.toUnsignedInt(first.at(1)) < WIDE_THUMB ? HALFWORD : WORD;
            }
        };
        return memory.contains(address, length) ? length : 0;
    }

    private static String named(Bytes code, long address, ExecutionState state) {
        int architecture = state == ExecutionState.A64 ? Capstone.CS_ARCH_ARM64 : Capstone.CS_ARCH_ARM;
        int mode = state == ExecutionState.T32 ? Capstone.CS_MODE_THUMB : Capstone.CS_MODE_ARM;
        try (Capstone capstone = new Capstone(architecture, mode)) {
            Instruction[] instructions = capstone.disasm(code.toArray(), address, 1);
            return instructions.length == 0
                    ? "not an instruction"
                    : (instructions[0].getMnemonic() + " " + instructions[0].getOpStr())
                            .strip()
                            .toLowerCase(Locale.ROOT);
        }
    }
}

package dev.trapline.unicorn.ffi;

import dev.trapline.board.cpu.SystemRegister;

/// Batches of registers that the library identifies by the encoding in their instruction, not by a number of its own:
/// the system registers of AArch64, and coprocessor 15 of AArch32. The encoding is in the first words of a slot.
final class EncodedRegisters {

    /// The word of a slot that contains the value of a system register.
    static final int SYSTEM_VALUE = 3;

    private static final int SYSTEM_WORDS = 4;

    /// The same for a coprocessor register.
    static final int COPROCESSOR_VALUE = 4;

    private static final int COPROCESSOR_WORDS = 5;

    private EncodedRegisters() {}

    static RegisterBatch system(Unicorn engine, int[] encodings) {
        int[] ids = new int[encodings.length];
        int[] slots = new int[encodings.length];
        for (int k = 0; k < ids.length; k++) {
            ids[k] = UnicornConstants.UC_ARM64_REG_CP_REG;
            slots[k] = k;
        }
        RegisterBatch batch = engine.registers(ids, slots, ids.length, SYSTEM_WORDS);
        for (int k = 0; k < encodings.length; k++) {
            nameSystem(batch, k, encodings[k]);
        }
        return batch;
    }

    /// Sets which register a slot is.
    static void nameSystem(RegisterBatch batch, int slot, int encoding) {
        batch.setInt(slot, 0, SystemRegister.crn(encoding));
        batch.setInt(slot, 4, SystemRegister.crm(encoding));
        batch.setInt(slot, 8, SystemRegister.op0(encoding));
        batch.setInt(slot, 12, SystemRegister.op1(encoding));
        batch.setInt(slot, 16, SystemRegister.op2(encoding));
    }

    static RegisterBatch coprocessor(Unicorn engine, int crn, int opc1, int crm, int opc2) {
        int[] ids = {UnicornConstants.UC_ARM_REG_CP_REG};
        RegisterBatch batch = engine.registers(ids, new int[] {0}, 1, COPROCESSOR_WORDS);
        int[] fields = {15, 0, 0, crn, crm, opc1, opc2};
        for (int k = 0; k < fields.length; k++) {
            batch.setInt(0, k * Integer.BYTES, fields[k]);
        }
        return batch;
    }
}

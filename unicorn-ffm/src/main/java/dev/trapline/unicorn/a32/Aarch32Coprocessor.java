package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;

/// Registers of the coprocessors of an AArch32 CPU, in its non-secure view and whatever their access rights: for many
/// accesses to different registers.
///
/// The library finds a register by `coprocessor, is 64 bits wide, secure, CRn, CRm, opc1, opc2`.
final class Aarch32Coprocessor {

    private final RegisterBatch register;
    private final Unicorn engine;

    Aarch32Coprocessor(Unicorn engine) {
        this.engine = engine;
        this.register = engine.coprocessor(0, 0, 0, 0);
    }

    private void name(int... fields) {
        for (int k = 0; k < fields.length; k++) {
            register.setInt(0, k * Integer.BYTES, fields[k]);
        }
    }

    private long read() {
        register.read();
        return Unicorn.coprocessorValue(register);
    }

    private void write(long value) {
        Unicorn.setCoprocessorValue(register, value);
        register.write(1);
    }

    /// Reads a register of 32 bits by MRC of coprocessor 15.
    long read(int crn, int opc1, int crm, int opc2) {
        name(15, 0, 0, crn, crm, opc1, opc2);
        return read() & 0xffff_ffffL;
    }

    /// Writes a register of 32 bits, or performs an operation, by MCR of coprocessor 15.
    void write(int crn, int opc1, int crm, int opc2, long value) {
        name(15, 0, 0, crn, crm, opc1, opc2);
        write(value);
    }

    /// Performs an operation that walks page tables.
    void translate(int crn, int opc1, int crm, int opc2, long value) {
        name(15, 0, 0, crn, crm, opc1, opc2);
        Unicorn.setCoprocessorValue(register, value);
        engine.translate(register);
    }

    /// Reads a register of 64 bits by MRRC of coprocessor 15.
    long readPair(int crm, int opc1) {
        name(15, 1, 0, 0, crm, opc1, 0);
        return read();
    }

    void writePair(int crm, int opc1, long value) {
        name(15, 1, 0, 0, crm, opc1, 0);
        write(value);
    }

    /// DBGDIDR: identifies the debug registers, which are in coprocessor 14.
    long debugIdentity() {
        name(14, 0, 0, 0, 0, 0, 0);
        return read() & 0xffff_ffffL;
    }
}

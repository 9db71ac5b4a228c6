package dev.trapline.unicorn.ffi;

/// Hooks that the library calls while guest code runs. They must not write the PC: in version 2.0 that cancels a stop.
public interface Hooks {

    /// Called when the CPU took an exception. Execution continues at the PC unless the engine is stopped.
    ///
    /// @param number one of the `EXCP_` numbers of [UnicornConstants]
    void interrupt(int number);

    /// Called for an access without a mapping, or with one that refuses it. Version 2.0 looks for the mapping by
    /// virtual address.
    ///
    /// @param access one of the `UC_MEM_` numbers of [UnicornConstants]
    /// @param address virtual
    /// @return whether to continue: then the guest's page tables and the memory at the physical address decide. If
    ///     false, the run ends with an error
    boolean invalidAccess(int access, long address);

    /// Called for an access to a gap: a physical address without memory or device. It reads as zero; the
    /// instruction is not complete yet.
    ///
    /// @param address physical
    void nobodyAnswers(long address, boolean write);

    /// Called for a load from a physical address that has neither memory nor a device that fills its pages.
    ///
    /// @param address physical
    /// @param size bytes
    /// @return the loaded value
    default long loadElsewhere(long address, int size) {
        nobodyAnswers(address, false);
        return 0;
    }

    /// Called for a store to such a physical address.
    ///
    /// @param address physical
    /// @param size bytes
    default void storeElsewhere(long address, int size, long value) {
        nobodyAnswers(address, true);
    }

    /// Whether the next three functions are called for a register or operation. The answer never changes once the
    /// hooks are installed; each is asked for a few times.
    ///
    /// @param encoding packed as for [#readSystem]
    default boolean concerns(int encoding) {
        return true;
    }

    /// Called before the guest executes MRS.
    ///
    /// @param register packed as op0 (2 bits), op1 (3), CRn (4), CRm (4), op2 (3)
    /// @param target the register that it writes, 31 for XZR
    /// @return whether the hook has performed the instruction, so that it must be skipped. Without a hook of its
    ///     own, the library executes it
    default boolean readSystem(int register, int target) {
        return false;
    }

    /// Called before the guest executes MSR (register).
    ///
    /// @param register packed as for [#readSystem]
    /// @return as for [#readSystem]
    default boolean writeSystem(int register, long value) {
        return false;
    }

    /// Called before the guest executes SYS, which it executes in any case.
    ///
    /// @param operation packed as for [#readSystem]
    /// @param argument the value of its register, 0 if it has none
    default void systemInstruction(int operation, long argument) {}
}

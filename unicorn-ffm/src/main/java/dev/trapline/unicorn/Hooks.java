package dev.trapline.unicorn;

/// What the library calls while guest code runs. Nothing here may write the PC: in version 2.0 that cancels a stop.
public interface Hooks {

    /// The CPU took an exception; execution goes on where the PC stands unless the engine is stopped.
    ///
    /// @param number one of the `EXCP_` numbers of [UnicornConstants]
    void interrupt(int number);

    /// An access found no mapping, or one that refuses it. Version 2.0 looks for the mapping by virtual address.
    ///
    /// @param access one of the `UC_MEM_` numbers of [UnicornConstants]
    /// @param address virtual
    /// @return whether to go on: the guest's own tables and the memory at the physical address then decide. If not,
    ///     the run ends with an error
    boolean invalidAccess(int access, long address);

    /// An access reached a physical address at which the machine has nothing. It reads as zero; the instruction is
    /// not complete yet.
    ///
    /// @param address physical
    void nobodyAnswers(long address, boolean write);

    /// A load reached a physical address that is not mapped to memory or to a device that fills its pages.
    ///
    /// @param address physical
    /// @param size bytes
    /// @return what it reads
    default long loadElsewhere(long address, int size) {
        nobodyAnswers(address, false);
        return 0;
    }

    /// A store reached a physical address of this kind.
    ///
    /// @param address physical
    /// @param size bytes
    default void storeElsewhere(long address, int size, long value) {
        nobodyAnswers(address, true);
    }

    /// The guest is about to execute MRS.
    ///
    /// @param register packed as op0 (2 bits), op1 (3), CRn (4), CRm (4), op2 (3)
    /// @param target the register it writes, 31 for XZR
    /// @return whether the instruction has been served and is to be skipped
    boolean readSystem(int register, int target);

    /// The guest is about to execute MSR (register).
    ///
    /// @param register packed as for [#readSystem]
    /// @return whether the instruction has been served and is to be skipped
    boolean writeSystem(int register, long value);

    /// The guest is about to execute SYS, which it will do in any case.
    ///
    /// @param operation packed as for [#readSystem]
    /// @param argument the value of its register, 0 where it takes none
    void systemInstruction(int operation, long argument);
}

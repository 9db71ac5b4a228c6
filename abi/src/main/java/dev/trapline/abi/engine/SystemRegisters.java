package dev.trapline.abi.engine;

/// System registers that belong to an interrupt controller, and that a CPU accesses with MRS and MSR.
///
/// A register is a number: op0, op1, CRn, CRm and op2 in 16 bits, as in the instruction. The engine answers the
/// registers of the CPU itself. An access to one that neither has is undefined, and so is each access from EL0.
///
/// It is used on the thread that runs the engine. What an access changes at the CPU's inputs is effective before the
/// next instruction.
public interface SystemRegisters {

    /// There are none.
    SystemRegisters NONE = new SystemRegisters() {
        @Override
        public boolean canRead(int register) {
            return false;
        }

        @Override
        public boolean canWrite(int register) {
            return false;
        }

        @Override
        public long read(int register) {
            throw new IllegalArgumentException("there are no such system registers");
        }

        @Override
        public void write(int register, long value) {
            throw new IllegalArgumentException("there are no such system registers");
        }

        @Override
        public long features(int register) {
            return 0;
        }

        @Override
        public void reset() {
            // There is nothing to reset.
        }
    };

    /// Whether the register exists here and can be read. Cheap.
    boolean canRead(int register);

    /// Whether the register exists here and can be written. Cheap.
    boolean canWrite(int register);

    /// Reads a register. That may change the controller: it may acknowledge an interrupt.
    ///
    /// @param register one that can be read
    long read(int register);

    /// Writes a register.
    ///
    /// @param register one that can be written
    void write(int register, long value);

    /// The bits by which an identification register of the CPU says that these registers exist. They are 0 in the
    /// CPU's own value.
    ///
    /// @return 0 for all other registers
    long features(int register);

    /// The CPU was reset: it begins to run after CPU_ON or a power-down.
    void reset();
}

package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.SystemRegisters;

/// Accesses of a wired CPU to the system registers of its interrupt controller.
///
/// The library's CPU does not have them, so it reports the instruction as undefined, before it has had an effect. That
/// ends the part of the slice. The access is performed then, between two parts, so that an interrupt that it raises is
/// taken before the next instruction.
public final class ControllerAccess {

    /// The number of XZR.
    private static final int ZERO_REGISTER = 31;

    private enum Kind {
        NONE,
        READ,
        WRITE
    }

    private final SystemRegisters registers;
    private Kind kind = Kind.NONE;
    private int register;
    private int target;
    private long value;

    ControllerAccess(SystemRegisters registers) {
        this.registers = registers;
    }

    /// See [SystemRegisters#features].
    long features(int identification) {
        return registers.features(identification);
    }

    /// Whether a register may belong to the controller, or identify it.
    boolean concerns(int system) {
        return registers.canRead(system) || registers.canWrite(system) || registers.features(system) != 0;
    }

    void beginPart() {
        kind = Kind.NONE;
    }

    /// The CPU is about to execute MRS.
    ///
    /// @param into the number of the general register
    void reads(int system, int into) {
        if (registers.canRead(system)) {
            kind = Kind.READ;
            register = system;
            target = into;
        }
    }

    /// The CPU is about to execute MSR (register).
    void writes(int system, long written) {
        if (registers.canWrite(system)) {
            kind = Kind.WRITE;
            register = system;
            value = written;
        }
    }

    /// Whether the part ended at an access, if it ended at an undefined instruction.
    public boolean isAt() {
        return kind != Kind.NONE;
    }

    /// Performs the access.
    ///
    /// @return whether a general register gets the value of [#value]: that of [#target]
    public boolean perform() {
        Kind performed = kind;
        kind = Kind.NONE;
        return switch (performed) {
            case NONE -> false;
            case READ -> {
                value = registers.read(register);
                yield target != ZERO_REGISTER;
            }
            case WRITE -> {
                registers.write(register, value);
                yield false;
            }
        };
    }

    /// The number of the general register that gets what was read.
    public int target() {
        return target;
    }

    /// What was read, for the register [#target].
    public long value() {
        return value;
    }
}

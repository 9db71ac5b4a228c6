package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.unicorn.layout.ItState;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Instructions;

/// Answers accesses of AArch32 programs to time, which trap: the library's own CNTKCTL_EL1 forbids them.
final class Aarch32UserTime {

    private static final long WORD = 0xffff_ffffL;
    private static final int PC_NUMBER = 15;
    private static final int MOVE = 0x03;
    private static final int MOVE_TWO = 0x04;

    private final EngineHooks hooks;
    private boolean wroteTimer;

    Aarch32UserTime(EngineHooks hooks) {
        this.hooks = hooks;
    }

    /// Performs the instruction of an exception, if EL0 may.
    ///
    /// @param now the time at the beginning of the part
    /// @param done how many instructions of the part are completed
    /// @param registers change if it is performed
    boolean perform(GuestFault fault, long now, long shown, long done, long[] registers) {
        wroteTimer = false;
        int syndrome = (int) fault.detail();
        int exception = syndrome >>> 26;
        if (exception != MOVE && exception != MOVE_TWO) {
            return false;
        }
        int instruction = Aarch32Traps.instruction(syndrome);
        int register = Aarch32Code.systemRegister(instruction);
        int first = Aarch32Code.rt(instruction);
        int second = Aarch32Code.isWide(instruction) ? Aarch32Code.rt2(instruction) : first;
        if (!Aarch32Code.isTimeAccess(instruction)
                || register == Aarch32Code.NONE
                || first == PC_NUMBER
                || second == PC_NUMBER) {
            return false;
        }
        hooks.beginSlice(now, shown);
        hooks.runElsewhere(() -> done);
        boolean performed = Aarch32Code.isRead(instruction)
                ? read(register, first, second, registers)
                : write(register, first, second, registers);
        hooks.runElsewhere(null);
        if (performed) {
            registers[GeneralRegisters.PC] += Instructions.WIDTH;
            registers[GeneralRegisters.PSTATE] = ItState.advanced(registers[GeneralRegisters.PSTATE]);
        }
        return performed;
    }

    private boolean read(int register, int first, int second, long[] registers) {
        if (!hooks.time().read(register, false)) {
            return false;
        }
        long value = hooks.time().value();
        registers[first] = value & WORD;
        if (second != first) {
            registers[second] = value >>> Integer.SIZE;
        }
        registers[GeneralRegisters.SP] = registers[13];
        return true;
    }

    private boolean write(int register, int first, int second, long[] registers) {
        long low = registers[first] & WORD;
        wroteTimer = TimeRegisters.isTimer(register);
        return hooks.time().write(register, second == first ? low : registers[second] << Integer.SIZE | low, false);
    }

    /// Whether the last instruction wrote a timer.
    boolean wroteTimer() {
        return wroteTimer;
    }
}

package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;

/// Answers accesses of AArch32 code to time from virtual time: counters, timers and the cycle counter.
///
/// The library has no hook for coprocessor accesses, so [Aarch32Watch] hooks the instructions. The library handles
/// accesses that are not answered here. There, all registers that could show the host's clock trap, and the access ends
/// as an undefined instruction: every other register of the performance monitors and of debug, and at PL0 all of them
/// unless the kernel has given access.
public final class Aarch32Time {

    /// HDCR: TPM, TDA, TDOSA, TDRA, so that performance monitors and debug registers trap.
    private static final long HDCR = 0xe40;

    private static final int PC_NUMBER = 15;

    private final RegisterBatch target;
    private final RegisterBatch source;
    private final TimeRegisters time;
    private int first;
    private int second;
    private long value;
    private boolean read;
    private boolean timer;

    /// The result of an access.
    enum Access {
        /// It was answered; the instruction has to be skipped.
        SERVED,
        /// The library decides.
        NOT_SERVED,
        /// It names the PC.
        UNPREDICTABLE
    }

    public Aarch32Time(Unicorn engine, TimeRegisters time) {
        this.target = engine.registers(new int[2]);
        this.source = engine.registers(new int[2]);
        this.time = time;
    }

    static void setUp(Unicorn engine) {
        engine.writeCoprocessor(1, 4, 1, 1, HDCR);
        // CNTHCTL: neither PL1PCTEN nor PL1PCEN.
        engine.writeCoprocessor(14, 4, 1, 0, 0);
    }

    /// Performs an access that is about to be executed, if it is answered here.
    ///
    /// @param instruction encoded as for [Aarch32Code#isTimeAccess]
    Access access(int instruction, boolean privileged) {
        first = Aarch32Code.rt(instruction);
        second = Aarch32Code.isWide(instruction) ? Aarch32Code.rt2(instruction) : first;
        int register = Aarch32Code.systemRegister(instruction);
        if (register == Aarch32Code.NONE) {
            return Access.NOT_SERVED;
        }
        if (first == PC_NUMBER || second == PC_NUMBER) {
            return Access.UNPREDICTABLE;
        }
        read = Aarch32Code.isRead(instruction);
        timer = TimeRegisters.isTimer(register);
        if (!read) {
            return time.write(register, sourceValue(), privileged) ? Access.SERVED : Access.NOT_SERVED;
        }
        if (!time.read(register, privileged)) {
            return Access.NOT_SERVED;
        }
        value = time.value();
        return Access.SERVED;
    }

    /// Whether the last access was a write to a timer, which may have changed its output.
    boolean wroteTimer() {
        return !read && timer;
    }

    private long sourceValue() {
        source.setId(0, Aarch32.registerNumber(first));
        source.setId(1, Aarch32.registerNumber(second));
        source.read();
        long low = source.get(0, 0) & 0xffff_ffffL;
        return second == first ? low : source.get(1, 0) << 32 | low;
    }

    /// Writes the value that the last access read to the registers and to the engine. Does nothing if the access
    /// was a write.
    void deliver(long[] registers) {
        if (!read) {
            return;
        }
        put(0, first, value & 0xffff_ffffL, registers);
        put(1, second, second == first ? value & 0xffff_ffffL : value >>> 32, registers);
        target.write(2);
        registers[GeneralRegisters.SP] = registers[13];
    }

    private void put(int k, int register, long word, long[] registers) {
        registers[register] = word;
        target.setId(k, Aarch32.registerNumber(register));
        target.set(k, 0, word);
    }
}

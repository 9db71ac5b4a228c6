package dev.trapline.abi.engine;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// One CPU of one machine. The interface between Trapline and the code that executes Arm instructions.
///
/// An engine is used by one thread at a time, and engines that share memory must not run at the same time. It never
/// reads the host's clock: every counter, timer and performance register comes from the virtual time handed to [#run].
public interface Engine extends Snapshot, AutoCloseable {

    /// Executes from the current PC until `budget` instructions are done or something else ends the slice.
    ///
    /// Virtual time advances by one tick with each instruction. An instruction that reads a counter sees `now` plus
    /// the instructions that the slice has completed before it, but never less than `shown`. This holds for CNTPCT,
    /// CNTVCT, TVAL, ISTATUS in CTL, PMCCNTR, and the base of a write of TVAL or of the cycle counter. So a guest
    /// cannot see where slices end: if a slice is run in parts, each beginning at `now` plus the instructions
    /// [#executed] by the parts before it, and with the [#shown] of the previous part, it reads the same values as
    /// the whole slice.
    ///
    /// A CPU with [CpuWiring] takes exceptions and interrupts to EL1 itself, at the instruction at which the
    /// architecture has them taken (DDI0487 §D1.13), and the slice goes on. It takes a timer's interrupt before the
    /// first instruction at or after the timer's deadline. An instruction that causes a synchronous exception
    /// counts as completed, so a guest whose handler fails at once still uses its budget up. If the code of the
    /// exception's vector cannot be fetched, the exception is not taken: the slice ends with the
    /// [dev.trapline.abi.exit.GuestFault].
    ///
    /// @param budget instructions, 1 to [#MAX_BUDGET]
    /// @param now virtual time at the beginning of the slice, in ticks of the 62.5 MHz counter
    /// @param shown the highest counter value that any CPU of the machine has read; 0 if none has
    /// @return why the slice ended
    /// @throws EngineException if the engine itself failed
    Exit run(long budget, long now, long shown);

    /// The largest budget of a slice, in instructions.
    long MAX_BUDGET = 1L << 30;

    /// How many instructions the last slice completed: the same number as with single steps. A hypercall, a wait or
    /// a maintenance operation that ends the slice counts; an instruction that failed does not. The number exceeds
    /// the budget only in T32 code, where a slice does not end within an IT block. In an IT block, an instruction
    /// whose condition fails does not count.
    long executed();

    /// The highest counter value that any CPU of the machine has read by the end of the last slice: the argument of
    /// [#run], or more if the slice read a counter. The base of a write does not count as read. This value belongs
    /// to the machine: [#save(StateWriter)] leaves it out.
    long shown();

    /// The timer will not assert its interrupt.
    long NO_DEADLINE = Long.MAX_VALUE;

    /// When a timer of the CPU will assert its interrupt, as it is programmed now: its compare value, in ticks of
    /// virtual time. It may be in the past.
    ///
    /// @return [#NO_DEADLINE] if the timer is not enabled, or masked
    long deadline(CpuTimer timer);

    /// PSTATE at the beginning of an event's handler: EL1 with SPSel 1, DAIF masked, NZCV, IL and SS clear.
    long HANDLER_PSTATE = 0x3c5;

    /// Continues elsewhere between two slices, as after an ERET of firmware at a higher exception level: PC and
    /// PSTATE are set to the given values, bit for bit, the stack pointers are banked accordingly, the exclusive
    /// monitor is cleared, and translation and fetching continue at the new level. All other registers keep their
    /// values. So firmware enters the handler of an event, with [#HANDLER_PSTATE], and returns from it.
    ///
    /// The CPU may be at EL1 with either stack pointer, or at EL0. Takes some tenths of a microsecond.
    ///
    /// @param pc guest virtual address where the next slice begins; an address tag that TCR_EL1 lets be ignored is
    ///     dropped
    /// @param pstate EL0 or EL1, AArch64 state
    /// @throws EngineException if the CPU is in AArch32 state; it has not changed then
    /// @throws IllegalArgumentException if `pstate` names another exception level or state
    void returnFromException(long pc, long pstate);

    /// Takes an exception to EL1 between two slices (DDI0487, AArch64.TakeException). ELR_EL1 and SPSR_EL1 get PC
    /// and PSTATE, which are at the instruction that follows. The next slice begins at the exception's vector or
    /// address, at EL1 with SPSel 1, DAIF masked, IL and SS clear, and the exclusive monitor cleared. NZCV keeps
    /// its value for a vector, and is clear for an address. All other registers keep their values.
    ///
    /// The CPU may be at EL1 with either stack pointer, or at EL0. Takes some tenths of a microsecond.
    ///
    /// @throws EngineException if the CPU is in AArch32 state; it has not changed then
    void takeException(ExceptionEntry entry);

    /// Reads x0 to x30, SP, PC and PSTATE.
    ///
    /// @param into at least [GeneralRegisters#COUNT] words, in the order of [GeneralRegisters]
    void readRegisters(long[] into);

    /// Reads the registers as they would be after writing `pending`, without writing: reading a CPU does not change
    /// it.
    ///
    /// @param into as above
    void readRegisters(long[] into, RegisterWrites pending);

    /// Writes the named registers, and no other.
    void writeRegisters(RegisterWrites writes);

    /// Where the next slice begins.
    void writePc(long address);

    /// Sets the byte order of data accesses: SCTLR_EL1.EE, on AArch32 CPSR.E and SCTLR.EE. Little-endian after
    /// [EngineFactory#open].
    void writeDataOrder(DataOrder order);

    /// Words of [#readTimers].
    int TIMER_WORDS = 4;

    /// Reads the timer registers that survive when the CPU loses power: CNTP_CTL, CNTP_CVAL, CNTV_CTL and
    /// CNTV_CVAL. Not CNTKCTL, which belongs to the CPU.
    ///
    /// @param into at least [#TIMER_WORDS] words
    void readTimers(long[] into);

    /// Writes what [#readTimers] read.
    void writeTimers(long[] from);

    /// A digest of all registers that a guest can change: general, SIMD and floating point, and the system
    /// registers of EL0 and EL1. Takes some microseconds.
    long fullDigest();

    /// Drops translations of guest code in a range that the host or another vCPU has written.
    ///
    /// @param address first guest address
    /// @param length bytes
    void dropTranslations(long address, long length);

    /// Performs a maintenance operation that one of the machine's vCPUs executed.
    void maintain(Exit.Maintenance operation);

    /// Saves the whole state of this CPU. An engine that loads it with [#load(StateReader)] continues exactly as
    /// this one would. CPUs that have run the same slices give the same bytes, with any engine and at any time,
    /// because the state contains nothing of the host. Takes some microseconds, and about 13 kB that only this
    /// engine's library understands.
    @Override
    void save(StateWriter state);

    /// Loads a state that [#save(StateWriter)] wrote.
    ///
    /// Allowed only before the first slice, while no translations exist that could contradict the memory.
    ///
    /// @param state of an engine of the same library, opened with the same spec
    /// @throws EngineException if it is of another one
    @Override
    void load(StateReader state);

    /// Makes the CPU as it was when it was opened, with an empty TLB: it loses power for a moment. Translations of
    /// guest code remain, so this takes some microseconds, where opening an engine takes a millisecond, and the
    /// code that runs next need not be translated again.
    ///
    /// @return false if this engine cannot do it, and has not changed: then a fresh one has to be opened
    default boolean restart() {
        return false;
    }

    /// How much room an engine has left for translations of guest code.
    enum Room {
        /// It can continue.
        AMPLE,
        /// It should be replaced by a fresh one that loads the result of [#save(StateWriter)].
        SCARCE,
        /// It must be replaced before it runs again.
        NONE
    }

    /// How many instructions may be run in one run, and between two checks of [#room]. The same for all engines
    /// that are opened with the same spec.
    default long roomBudget() {
        return MAX_BUDGET;
    }

    /// How much room is left. Translations take room that is never freed: every instruction that is translated for
    /// the first time, or again because it was dropped or written, takes some. Engines that have run the same
    /// slices since they were opened return [Room#SCARCE] at the same position, except for very unusual code.
    default Room room() {
        return Room.AMPLE;
    }

    /// Frees the engine's native memory. The memory map with which it was opened belongs to the caller, and is not
    /// freed.
    @Override
    void close();
}

package dev.trapline.abi.engine;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// One CPU of one machine. The port between Trapline and whatever executes Arm instructions.
///
/// An engine is used by one thread at a time, and engines that share memory must not run at the same time. It never
/// reads the host's clock: every counter, timer and performance register comes from the virtual time handed to [#run].
public interface Engine extends Snapshot, AutoCloseable {

    /// Executes from the current PC until `budget` instructions are done or something else ends the slice.
    ///
    /// Virtual time goes on by one tick with each instruction. An instruction that reads a counter sees `now` and
    /// what the slice has completed before it, but never less than `shown`: CNTPCT, CNTVCT, TVAL, ISTATUS in CTL,
    /// PMCCNTR, and what a write of TVAL or of the cycle counter starts from. So it does not show where slices end:
    /// a slice in parts, each begun at `now` and what the parts before it [#executed], with the [#shown] of the
    /// part before it, reads what the whole slice reads.
    ///
    /// @param budget instructions, 1 to [#MAX_BUDGET]
    /// @param now virtual time at the beginning of the slice, in ticks of the 62.5 MHz counter
    /// @param shown the highest value of the counter that any CPU of the machine has been shown; 0 if none has
    /// @return why the slice ended
    /// @throws EngineException if the engine itself failed
    Exit run(long budget, long now, long shown);

    /// The largest budget of a slice, in instructions.
    long MAX_BUDGET = 1L << 30;

    /// How many instructions the last slice completed: as many as single steps would have. A hypercall, a wait and
    /// a maintenance operation that end it are among them, an instruction that failed is not. More than the budget
    /// only in T32 code, where a slice does not end within an IT block. In an IT block, an instruction whose
    /// condition fails is not counted.
    long executed();

    /// The highest value of the counter that any CPU of the machine has been shown when the last slice has ended:
    /// what [#run] was given, or more if the slice read a counter. What a write starts from is shown to nobody. It
    /// belongs to the machine: [#save(StateWriter)] leaves it out.
    long shown();

    /// No timer of the CPU will assert its interrupt.
    long NO_DEADLINE = Long.MAX_VALUE;

    /// When a timer of the CPU asserts its interrupt as it is programmed: the least compare value, in ticks of
    /// virtual time, of those that are enabled and not masked. It may have passed.
    ///
    /// @return [#NO_DEADLINE] if there is none
    long timerDeadline();

    /// Interrupts the CPU between two slices, as an exception taken to EL1 would: the next one begins at `entry`,
    /// at EL1 with SPSel 1, DAIF masked, NZCV, IL and SS clear. The stack pointer in use is banked as an exception
    /// entry banks it, the exclusive monitor is cleared, what is translated and fetched next is EL1's. All other
    /// registers stay as they are, ELR_EL1 and SPSR_EL1 too: what was interrupted is the caller's to keep
    /// ([#readRegisters] before this), and x0 to x3 are the caller's to write.
    ///
    /// The CPU may be at EL1 with either stack pointer, or at EL0. Some tenths of a microsecond.
    ///
    /// @param entry guest virtual address; an address tag that TCR_EL1 lets be ignored is dropped
    /// @throws EngineException if the CPU is in AArch32 state; it has not changed then
    void enterHandler(long entry);

    /// Goes back from a handler, from whatever exception level and with whatever stack pointer it is at: PC and
    /// PSTATE become what is given, bit for bit, the stack pointers are banked accordingly, the exclusive monitor
    /// is cleared. With the PC and PSTATE that [#enterHandler] found, the CPU is where it was interrupted, but for
    /// registers that the handler has changed: SP and the SP_ELx among them, as after any exception. x0 to x17 are
    /// the caller's to write.
    ///
    /// @param pc where the next slice begins
    /// @param pstate as it was interrupted: EL0 or EL1, AArch64 state
    /// @throws EngineException if the CPU is in AArch32 state; it has not changed then
    /// @throws IllegalArgumentException if `pstate` names another exception level or state
    void leaveHandler(long pc, long pstate);

    /// Goes back from a handler as if an exception had been taken where it was entered: ELR_EL1 = `pc`, SPSR_EL1 =
    /// `pstate`; the next slice begins at `address`, in the state that [#enterHandler] begins in. The guest's own
    /// ERET then returns to the interrupted place. ESR_EL1 and FAR_EL1 stay as they are.
    ///
    /// @param pc interrupted PC
    /// @param pstate interrupted PSTATE: EL0 or EL1, AArch64 state
    /// @param address guest virtual address, as for [#enterHandler]
    /// @throws EngineException if the CPU is in AArch32 state; it has not changed then
    /// @throws IllegalArgumentException if `pstate` names another exception level or state
    void leaveHandlerByException(long pc, long pstate, long address);

    /// Reads x0 to x30, SP, PC and PSTATE.
    ///
    /// @param into at least [GeneralRegisters#COUNT] words, in the order of [GeneralRegisters]
    void readRegisters(long[] into);

    /// Reads the registers as they would be once `pending` is written, and writes nothing: looking at a CPU does
    /// not change it.
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

    /// Reads what the CPU's timers keep without the CPU's power: CNTP_CTL, CNTP_CVAL, CNTV_CTL and CNTV_CVAL. Not
    /// CNTKCTL, which belongs to the CPU.
    ///
    /// @param into at least [#TIMER_WORDS] words
    void readTimers(long[] into);

    /// Writes what [#readTimers] read.
    void writeTimers(long[] from);

    /// A digest of everything a guest can have left in registers: general, SIMD and floating point, and the system
    /// registers of EL0 and EL1. Some microseconds.
    long fullDigest();

    /// Drops translations of guest code in a range: it was written by the host or by another vCPU.
    ///
    /// @param address first guest address
    /// @param length bytes
    void dropTranslations(long address, long length);

    /// Performs a maintenance operation that one of the machine's vCPUs executed.
    void maintain(Exit.Maintenance operation);

    /// All that the guest has left in this CPU, and what goes with it: an engine that takes it on with
    /// [#load(StateReader)] runs on as this one does. CPUs that have run the same slices give the same bytes, in
    /// whatever engines and whenever they ran them: nothing of the host is in them. Some microseconds, and some 13
    /// kB that only the library of this engine understands.
    @Override
    void save(StateWriter state);

    /// Takes on what [#save(StateWriter)] gave.
    ///
    /// Only before the first slice: nothing is translated yet that other memory could contradict.
    ///
    /// @param state of an engine of the same library, opened with the same spec
    /// @throws EngineException if it is of another one
    @Override
    void load(StateReader state);

    /// How much room an engine has left for translations of guest code.
    enum Room {
        /// It can run on.
        AMPLE,
        /// It is to be replaced by a fresh one that takes on what [#save(StateWriter)] gives.
        SCARCE,
        /// It has to be replaced before it runs again.
        NONE
    }

    /// How many instructions may be run between two looks at [#room], and in one run. The same for all engines that
    /// are opened with one spec.
    default long roomBudget() {
        return MAX_BUDGET;
    }

    /// How much room is left. Translations take room that never comes free: every instruction that is translated
    /// for the first time, or again because it was dropped or written, takes some. Engines that have run the same
    /// slices from their opening say [Room#SCARCE] at the same place, but for code of the most unusual kind.
    default Room room() {
        return Room.AMPLE;
    }

    /// Frees the engine's native memory. The memory map it was opened with belongs to the caller and stays.
    @Override
    void close();
}

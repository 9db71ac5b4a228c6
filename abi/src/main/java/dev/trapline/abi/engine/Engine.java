package dev.trapline.abi.engine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;

/// One CPU of one machine. The port between Trapline and whatever executes Arm instructions.
///
/// An engine is used by one thread at a time, and engines that share memory must not run at the same time. It never
/// reads the host's clock: every counter, timer and performance register comes from the virtual time handed to [#run].
public interface Engine extends AutoCloseable {

    /// Executes from the current PC until `budget` instructions are done or something else ends the slice.
    ///
    /// @param budget instructions, 1 to [#MAX_BUDGET]
    /// @param now virtual time at the beginning of the slice, in ticks of the 62.5 MHz counter; each read of a
    ///     counter within the slice sees one more
    /// @return why the slice ended
    /// @throws EngineException if the engine itself failed
    Exit run(long budget, long now);

    /// The largest budget of a slice, in instructions.
    long MAX_BUDGET = 1L << 30;

    /// How many times the last slice read a counter: what it adds to virtual time beyond its own cost.
    long counterReads();

    /// No timer of the CPU will assert its interrupt.
    long NO_DEADLINE = Long.MAX_VALUE;

    /// When a timer of the CPU asserts its interrupt as it is programmed: the least compare value, in ticks of
    /// virtual time, of those that are enabled and not masked. It may have passed.
    ///
    /// @return [#NO_DEADLINE] if there is none
    long timerDeadline();

    /// Reads x0 to x30, SP, PC and PSTATE.
    ///
    /// @param into at least [GeneralRegisters#COUNT] words, in the order of [GeneralRegisters]
    void readRegisters(long[] into);

    /// Writes the named registers, and no other.
    void writeRegisters(RegisterWrites writes);

    /// Where the next slice begins.
    void writePc(long address);

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

    /// All that the guest has left in this CPU, and what goes with it: an engine that takes it on with [#load] runs
    /// on as this one does. Some microseconds, and some 13 kB.
    ///
    /// @return in a form that only the library of this engine understands
    Bytes save();

    /// Takes on what [#save] gave.
    ///
    /// Only before the first slice: nothing is translated yet that other memory could contradict.
    ///
    /// @param state of an engine of the same library, opened with the same spec
    /// @throws EngineException if it is not
    void load(Bytes state);

    /// Frees the engine's native memory. The memory map it was opened with belongs to the caller and stays.
    @Override
    void close();
}

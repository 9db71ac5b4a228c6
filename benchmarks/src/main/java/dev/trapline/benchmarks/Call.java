package dev.trapline.benchmarks;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.policy.Decision;
import java.util.ArrayList;
import java.util.List;

/// The records of one hypercall in a journal.
///
/// @param slice the slice that ended with it
/// @param answer its answer
record Call(JournalRecord.Slice slice, JournalRecord.Answer answer) {

    /// The number of different calls; then they repeat. They are few enough to stay in a cache, so that only the
    /// journal is measured.
    private static final int DIFFERENT = 8192;

    /// The calls of a guest's loop, made beforehand: a counter goes down, a result changes, and so does the digest
    /// of all registers.
    static List<Call> loop() {
        List<Call> calls = new ArrayList<>(DIFFERENT);
        for (int n = 0; n < DIFFERENT; n++) {
            long[] registers = new long[GeneralRegisters.COUNT];
            registers[0] = 0x8400_0000L;
            registers[1] = n * 3L;
            registers[19] = 1_000_000L - n;
            registers[30] = 0x4008_0f00L;
            registers[GeneralRegisters.SP] = 0x4010_0000L;
            registers[GeneralRegisters.PC] = 0x4008_0040L;
            registers[GeneralRegisters.PSTATE] = 0x2000_03c5L;
            HypercallExit exit = new HypercallExit(
                    Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
            calls.add(new Call(
                    new JournalRecord.Slice(
                            new VcpuId(0), n * 105L, 20_000, 5, exit, Digest64.of(registers, registers.length)),
                    new JournalRecord.Answer(new Decision.Forwarded("psci"), RegisterWrites.x0(n & 7), List.of())));
        }
        return calls;
    }
}

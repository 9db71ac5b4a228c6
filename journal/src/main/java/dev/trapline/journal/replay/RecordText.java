package dev.trapline.journal.replay;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.policy.Decision;

/// Records in words, for messages.
final class RecordText {

    private RecordText() {}

    /// What kind of record it is, and which vCPU it is about.
    static String name(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Slice slice -> "a slice of " + slice.vcpu() + " that ended by " + exit(slice.exit());
            case JournalRecord.Answer answer -> "an answer to a hypercall (" + answer.registers() + ")";
            case JournalRecord.FullDigest digest -> "a digest of all registers of " + digest.vcpu();
            case JournalRecord.MemoryDigest _ -> "a digest of all memory";
            case JournalRecord.ConsoleInput input ->
                "console input of " + input.bytes().size() + " bytes";
            case JournalRecord.Frame frame -> "a frame of " + frame.bytes().size() + " bytes";
            case JournalRecord.Reconfigured _ -> "a reconfiguration";
            case JournalRecord.Injected injected -> "an injection (" + injected.what() + ")";
            case JournalRecord.Reaction reaction -> "a reaction of '" + reaction.service() + "'";
            case JournalRecord.Entropy entropy ->
                "entropy for '" + entropy.service() + "' of " + entropy.bytes().size() + " bytes";
            case JournalRecord.Round(long begins, long ends) -> "a round from " + begins + " to " + ends + " ticks";
            case JournalRecord.Faulted faulted -> "a fault (" + faulted.fault() + ")";
            case JournalRecord.Renewed renewed -> "a fresh engine after " + renewed.after() + " instructions";
            case JournalRecord.Turned turned ->
                "a turn of " + turned.turn().vcpu() + " for " + turned.turn().length() + " ticks";
            case JournalRecord.Stop stop -> "a stop (" + stop.reason() + ")";
            case JournalRecord.End end -> "the end of the run (" + end.outcome() + ")";
        };
    }

    static String exit(Exit exit) {
        return switch (exit) {
            case HypercallExit call -> call.conduit() + " #" + call.immediate() + " at " + hex(call.pc());
            case Exit.BudgetUsed _ -> "using up its budget";
            case Exit.WaitForInterrupt _ -> "waiting for an interrupt";
            case Exit.FirmwareInterrupt _ -> "an interrupt for firmware";
            case Exit.Maintenance operation ->
                "maintenance operation " + hex(operation.operation()) + " of " + hex(operation.argument());
            case GuestFault fault ->
                fault.kind().description() + (fault.kind().hasAddress() ? " at " + hex(fault.address()) : "");
        };
    }

    static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Resident resident -> "answered in place by '" + resident.service() + "'";
            case Decision.Forwarded forwarded -> "forwarded to '" + forwarded.service() + "'";
            case Decision.Denied denied -> "denied: " + denied.reason().description();
        };
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}

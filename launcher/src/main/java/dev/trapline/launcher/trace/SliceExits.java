package dev.trapline.launcher.trace;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.launcher.caps.CapsWords;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;

/// Why slices ended, as text and as JSON.
final class SliceExits {

    private SliceExits() {}

    /// In words.
    ///
    /// @param names names functions
    static String text(HistoryWalk.Ran ran, HypercallText names) {
        Exit exit = ran.slice().exit();
        return switch (exit) {
            case HypercallExit call -> call.conduit() + " " + names.name(call) + " (hypercall#" + ran.call() + ")";
            case GuestFault fault ->
                kind(exit) + ": " + fault.kind().description()
                        + (fault.kind().hasAddress() ? " at " + Json.hex(fault.address()) : "");
            case Exit.Maintenance maintenance ->
                kind(exit) + ": " + operation(maintenance) + " of " + Json.hex(maintenance.argument());
            case Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.FirmwareInterrupt _ -> kind(exit);
        };
    }

    /// As an object.
    static JsonObject json(HistoryWalk.Ran ran, HypercallText names) {
        Exit exit = ran.slice().exit();
        JsonObject fields = new JsonObject().with("kind", kind(exit));
        return switch (exit) {
            case HypercallExit call ->
                fields.with("hypercall", ran.call())
                        .with("conduit", CapsWords.word(call.conduit()))
                        .with("immediate", call.immediate())
                        .with("functionId", new SmcccCall(call).functionId().toString())
                        .withAny("function", names.function(call));
            case GuestFault fault ->
                fields.with("fault", fault.kind().description())
                        .withAny("address", fault.kind().hasAddress() ? Json.hex(fault.address()) : null);
            case Exit.Maintenance maintenance ->
                fields.with("operation", operation(maintenance)).with("argument", Json.hex(maintenance.argument()));
            case Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.FirmwareInterrupt _ -> fields;
        };
    }

    private static String kind(Exit exit) {
        return switch (exit) {
            case HypercallExit _ -> "hypercall";
            case GuestFault _ -> "guest fault";
            case Exit.Maintenance _ -> "maintenance";
            case Exit.BudgetUsed _ -> "budget used";
            case Exit.WaitForInterrupt _ -> "waits for an interrupt";
            case Exit.FirmwareInterrupt _ -> "interrupt for firmware";
        };
    }

    private static String operation(Exit.Maintenance maintenance) {
        return maintenance.isInstructionCache() ? "instruction cache" : "TLB";
    }
}

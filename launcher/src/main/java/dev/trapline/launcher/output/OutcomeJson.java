package dev.trapline.launcher.output;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.ArrayList;
import java.util.List;

/// The outcome of a run as JSON: its kind, as in the last line, and the fields of that kind.
final class OutcomeJson {

    private OutcomeJson() {}

    static JsonObject of(RunOutcome outcome) {
        JsonObject fields = new JsonObject().with("kind", Ending.of(outcome).kind());
        return switch (outcome) {
            case RunOutcome.Exited(long status) -> fields.with("guestStatus", Json.hex(status));
            case RunOutcome.GuestFailed(VcpuId vcpu, GuestFault fault, GeneralRegisters registers) ->
                guestFailed(fields.with("vcpu", vcpu.index()), fault, registers);
            case RunOutcome.LimitReached(RunOutcome.Limit limit) ->
                fields.with(
                        "limit",
                        switch (limit) {
                            case INSTRUCTIONS -> "max-instructions";
                            case TIMEOUT -> "timeout";
                            case SCRIPT -> "script";
                        });
            case RunOutcome.Deadlock(List<VcpuState> vcpus) -> fields.with("vcpus", vcpus(vcpus));
            case RunOutcome.Diverged(String report) -> fields.with("report", report);
            case RunOutcome.StorageFailed(String message) -> fields.with("report", message);
            case RunOutcome.ServiceFailed failed ->
                fields.with("service", failed.service()).with("report", failed.message());
            case RunOutcome.HeldByService(String service, boolean timeout) ->
                fields.with("service", service).withAny("limit", timeout ? "timeout" : null);
            case RunOutcome.Broken broken -> fields.with("report", broken.message());
            case RunOutcome.ResetRequested(Effect.SystemReset.Reset kind, ResetRequest request) ->
                fields.with("reset", reset(kind, request));
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.Interrupted _,
                    RunOutcome.RecordingEnds _ -> fields;
        };
    }

    private static JsonObject guestFailed(JsonObject fields, GuestFault fault, GeneralRegisters registers) {
        fields.with("fault", fault.kind().description()).with("pc", Json.hex(registers.pc()));
        if (fault.kind().hasAddress()) {
            fields.with("address", Json.hex(fault.address()));
        }
        return fault.detail() == 0 ? fields : fields.with("syndrome", Json.hex(fault.detail()));
    }

    private static List<Object> vcpus(List<VcpuState> states) {
        List<Object> vcpus = new ArrayList<>();
        for (int index = 0; index < states.size(); index++) {
            vcpus.add(new JsonObject()
                    .with("vcpu", index)
                    .with("state", states.get(index).description()));
        }
        return vcpus;
    }

    /// The reset that the guest requested: the function, its effect on memory, and the guest's arguments.
    private static JsonObject reset(Effect.SystemReset.Reset kind, ResetRequest request) {
        JsonObject fields = new JsonObject()
                .with(
                        "function",
                        switch (request) {
                            case ResetRequest.Plain _ -> "PSCI_SYSTEM_RESET";
                            case ResetRequest.Typed _ -> "PSCI_SYSTEM_RESET2";
                        })
                .with(
                        "kind",
                        switch (kind) {
                            case COLD -> "cold";
                            case WARM -> "warm";
                        });
        return request instanceof ResetRequest.Typed typed
                ? fields.with("vendor", typed.isVendor())
                        .with("type", Json.hex(Integer.toUnsignedLong(typed.type())))
                        .with("cookie", Json.hex(typed.cookie()))
                : fields;
    }
}

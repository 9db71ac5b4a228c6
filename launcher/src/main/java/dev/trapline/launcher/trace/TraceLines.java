package dev.trapline.launcher.trace;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Position;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.config.FaultKind;
import dev.trapline.launcher.caps.Capabilities;
import dev.trapline.launcher.caps.CapsWords;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Positions;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The forms of a line of a trace.
sealed interface TraceLines {

    /// The line of a call.
    String line(HistoryWalk.Call call);

    /// The line of an event without a call.
    String line(HistoryWalk.Happening happening);

    /// The line of a slice.
    String line(HistoryWalk.Ran slice);

    /// As text: the call's number, position and virtual time, and the call as in C.
    ///
    /// @param text names functions
    record Text(HypercallText text) implements TraceLines {

        private static final String BEGIN = "%-15s %10d %14.9f %s";

        @Override
        public String line(HistoryWalk.Call call) {
            return String.format(
                    Locale.ROOT,
                    BEGIN,
                    "hypercall#" + call.number(),
                    call.slice(),
                    Figures.seconds(call.time()),
                    text.line(call.vcpu(), call.exit(), call.answer()) + fault(call.fault()));
        }

        private static String fault(@Nullable CallFault fault) {
            return fault == null ? "" : " {fault: " + HypercallText.fault(fault) + "}";
        }

        @Override
        public String line(HistoryWalk.Happening happening) {
            return String.format(
                    Locale.ROOT,
                    BEGIN,
                    "",
                    happening.slice(),
                    Figures.seconds(happening.time()),
                    HypercallText.happening(happening.record()));
        }

        @Override
        public String line(HistoryWalk.Ran ran) {
            return String.format(
                    Locale.ROOT,
                    "%10d %14.9f %-6s %9d ticks, executed %d of %d  %s",
                    ran.number(),
                    Figures.seconds(ran.time()),
                    ran.slice().vcpu(),
                    ran.ticks(),
                    ran.slice().executed(),
                    ran.slice().budget(),
                    SliceExits.text(ran, text));
        }
    }

    /// As JSON: one document for each call, slice or event.
    ///
    /// @param text names functions
    record Documents(HypercallText text) implements TraceLines {

        @Override
        public String line(HistoryWalk.Call call) {
            JsonObject arguments = new JsonObject();
            text.argumentsByName(call.exit()).forEach((name, value) -> arguments.with(name, Json.hex(value)));
            return Json.of(JsonObject.document("hypercall")
                    .with("hypercall", call.number())
                    .with("position", Positions.json(Position.atExit(call.slice())))
                    .with("ticks", call.time())
                    .with("vcpu", call.vcpu().index())
                    .with("conduit", CapsWords.word(call.exit().conduit()))
                    .with("immediate", call.exit().immediate())
                    .with("executionState", CapsWords.word(call.exit().state()))
                    .with("pc", Json.hex(call.exit().pc()))
                    .with("functionId", new SmcccCall(call.exit()).functionId().toString())
                    .withAny("function", text.function(call.exit()))
                    .with("arguments", arguments)
                    .with("result", text.result(call.exit(), call.answer().registers()))
                    .with("registers", registers(call.answer().registers()))
                    .withAll(Capabilities.json(call.answer().decision()))
                    .with("effects", effects(call.answer().effects()))
                    .withAny("injectedFault", fault(call.fault())));
        }

        private static @Nullable JsonObject fault(@Nullable CallFault fault) {
            return fault == null
                    ? null
                    : new JsonObject()
                            .with("kind", FaultKind.of(fault).id())
                            .with("description", HypercallText.fault(fault));
        }

        @Override
        public String line(HistoryWalk.Happening happening) {
            JsonObject document = JsonObject.document("event")
                    .with("position", Positions.beginning(happening.slice()))
                    .with("ticks", happening.time())
                    .with("event", HypercallText.happening(happening.record()));
            return Json.of(
                    switch (happening.record()) {
                        case JournalRecord.Reaction(String service, List<Effect> effects) ->
                            document.with("kind", "reaction")
                                    .with("service", service)
                                    .with("effects", effects(effects));
                        case JournalRecord.Injected(Injection what) ->
                            injection(document.with("kind", "injection"), what);
                        case JournalRecord other -> throw new IllegalArgumentException("nothing happened: " + other);
                    });
        }

        private static JsonObject injection(JsonObject document, Injection injection) {
            document.with("vcpu", injection.vcpu().index());
            return switch (injection) {
                case Injection.WakeUp _ -> document;
                case Injection.Interrupt interrupt -> document.with("intid", interrupt.intid());
                case Injection.Event event -> document.with("sdeiEvent", event.number());
                case Injection.SError error -> document.with("serrorSyndrome", Json.hex(error.syndrome()));
                case Injection.ConsoleSize(int columns, int rows) ->
                    document.with("columns", columns).with("rows", rows);
                case Injection.PowerButton _ -> document.with("powerButton", true);
                case Injection.MemoryFlip(long address, int bits) ->
                    document.with("address", Json.hex(address)).with("flippedBits", Json.hex(bits));
                case Injection.RegisterFlip(var _, int register, long bits) ->
                    document.with("register", GeneralRegisters.nameOf(register)).with("flippedBits", Json.hex(bits));
                case Injection.Hold(var _, long ticks) ->
                    ticks == Injection.Hold.FOREVER
                            ? document.with("heldForever", true)
                            : document.with("heldTicks", ticks);
                case Injection.LostInterrupt(var _, int intid) -> document.with("lostIntid", intid);
                case Injection.Defect defect -> defect(document, defect);
            };
        }

        private static JsonObject defect(JsonObject document, Injection.Defect defect) {
            return switch (defect) {
                case Injection.Misread(long address, WrongBits(long flipped, long set, long cleared), long count) ->
                    count(
                            document.with("address", Json.hex(address))
                                    .with("flippedBits", Json.hex(flipped))
                                    .with("setBits", Json.hex(set))
                                    .with("clearedBits", Json.hex(cleared)),
                            count);
                case Injection.StuckLine(int intid, boolean high, long ticks) -> {
                    document.with("stuckIntid", intid).with("stuckLevel", high ? "high" : "low");
                    yield ticks == Injection.Hold.FOREVER ? document : document.with("stuckTicks", ticks);
                }
                case Injection.BadDisk(int disk, Injection.BadDisk.Failure failure, long count) ->
                    count(
                            document.with("diskNumber", disk)
                                    .with(
                                            "diskFailure",
                                            failure.name()
                                                    .toLowerCase(Locale.ROOT)
                                                    .replace('_', '-')),
                            count);
            };
        }

        private static JsonObject count(JsonObject document, long count) {
            return count == Injection.Defect.EVERY_TIME ? document : document.with("defectCount", count);
        }

        @Override
        public String line(HistoryWalk.Ran ran) {
            return Json.of(JsonObject.document("slice")
                    .with("position", Positions.beginning(ran.number()))
                    .with("ticks", ran.time())
                    .with("vcpu", ran.slice().vcpu().index())
                    .with("durationTicks", ran.ticks())
                    .with("instructions", ran.slice().executed())
                    .with("budget", ran.slice().budget())
                    .with("exit", SliceExits.json(ran, text)));
        }

        private static List<String> effects(List<Effect> effects) {
            return effects.stream().map(HypercallText::effect).toList();
        }

        private static JsonObject registers(RegisterWrites writes) {
            JsonObject registers = new JsonObject();
            int rest = writes.mask();
            for (int k = 0; k < writes.count(); k++) {
                registers.with("x" + Integer.numberOfTrailingZeros(rest), Json.hex(writes.value(k)));
                rest &= rest - 1;
            }
            return registers;
        }
    }
}

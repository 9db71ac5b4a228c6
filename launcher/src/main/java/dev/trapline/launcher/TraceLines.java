package dev.trapline.launcher;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.registry.Decision;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.JournalRecord.Answer;
import dev.trapline.vcpu.trace.HypercallText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// The forms of a line of a trace.
sealed interface TraceLines {

    /// A hypercall with what became of it.
    ///
    /// @param position of its slice
    /// @param time virtual time at the beginning of that slice, in ticks
    record Call(Position position, long time, VcpuId vcpu, HypercallExit exit, Answer answer) {}

    /// Something that happened without a call: an injection, or what a service made of an event.
    ///
    /// @param position of the slice that is the first to see it
    /// @param time virtual time, in ticks
    record Happening(Position position, long time, JournalRecord record) {}

    /// The line of a call.
    String line(Call call);

    /// The line of something that happened without a call.
    String line(Happening happening);

    /// Whether a record is shown as something that happened without a call. That a service asks for entropy is none
    /// of its guest's business.
    static boolean isHappening(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Injected _ -> true;
            case JournalRecord.Reaction reaction ->
                reaction.effects().stream().anyMatch(effect -> !(effect instanceof Effect.DrawEntropy));
            case JournalRecord _ -> false;
        };
    }

    /// The vCPUs that it concerns.
    static Stream<VcpuId> vcpusOf(JournalRecord happening) {
        return switch (happening) {
            case JournalRecord.Injected injected -> Stream.of(injected.what().vcpu());
            case JournalRecord.Reaction reaction ->
                reaction.effects().stream().flatMap(effect -> HypercallText.target(effect).stream());
            case JournalRecord _ -> Stream.empty();
        };
    }

    /// For people: position, virtual time, and the call as a C programmer would write it.
    ///
    /// @param text names functions
    record Text(HypercallText text) implements TraceLines {
        @Override
        public String line(Call call) {
            return String.format(
                    Locale.ROOT,
                    "%10d %14.9f %s",
                    call.position().slice(),
                    Figures.seconds(call.time()),
                    text.line(call.vcpu(), call.exit(), call.answer()));
        }

        @Override
        public String line(Happening happening) {
            return String.format(
                    Locale.ROOT,
                    "%10d %14.9f %s",
                    happening.position().slice(),
                    Figures.seconds(happening.time()),
                    HypercallText.happening(happening.record()));
        }
    }

    /// For programs: one JSON object for each call. Numbers of 64 bits are text in hexadecimal.
    ///
    /// @param text names functions
    record Objects(HypercallText text) implements TraceLines {
        @Override
        public String line(Call call) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("slice", call.position().slice());
            fields.put("virtualTimeTicks", call.time());
            fields.put("vcpu", call.vcpu().index());
            fields.put("conduit", call.exit().conduit().name());
            fields.put("immediate", call.exit().immediate());
            fields.put("pc", Json.hex(call.exit().pc()));
            fields.put("functionId", new SmcccCall(call.exit()).functionId().toString());
            fields.put("function", text.name(call.exit()));
            fields.put("arguments", arguments(text.arguments(call.exit())));
            fields.put("result", text.result(call.exit(), call.answer().registers()));
            fields.put("registers", registers(call.answer().registers()));
            fields.put("decision", decision(call.answer().decision()));
            fields.put(
                    "effects",
                    call.answer().effects().stream().map(HypercallText::effect).toList());
            return Json.of(fields);
        }

        @Override
        public String line(Happening happening) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("slice", happening.position().slice());
            fields.put("virtualTimeTicks", happening.time());
            fields.put("happening", HypercallText.happening(happening.record()));
            if (happening.record() instanceof JournalRecord.Reaction reaction) {
                fields.put("service", reaction.service());
                fields.put(
                        "effects",
                        reaction.effects().stream().map(HypercallText::effect).toList());
            }
            return Json.of(fields);
        }

        private static Map<String, String> arguments(List<String> texts) {
            Map<String, String> arguments = new LinkedHashMap<>();
            for (String text : texts) {
                int equals = text.indexOf('=');
                arguments.put(text.substring(0, equals), text.substring(equals + 1));
            }
            return arguments;
        }

        private static Map<String, String> registers(RegisterWrites writes) {
            Map<String, String> registers = new LinkedHashMap<>();
            int rest = writes.mask();
            for (int k = 0; k < writes.count(); k++) {
                registers.put("x" + Integer.numberOfTrailingZeros(rest), Json.hex(writes.value(k)));
                rest &= rest - 1;
            }
            return registers;
        }

        private static Map<String, String> decision(Decision decision) {
            return switch (decision) {
                case Decision.Resident(String service) -> Map.of("resident", service);
                case Decision.Forwarded(String service) -> Map.of("forwarded", service);
                case Decision.Denied(Decision.Reason reason) -> Map.of("denied", reason.description());
            };
        }
    }
}

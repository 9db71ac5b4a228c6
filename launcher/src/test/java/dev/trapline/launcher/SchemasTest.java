package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Kind;
import dev.trapline.board.memory.FlashWrites;
import dev.trapline.launcher.caps.CapsWords;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The schemas agree with the program's closed sets, and each name has the same meaning in all of them.
class SchemasTest {

    /// `version` is a number in the name of a schema, and text for services and libraries.
    private static final Set<String> SEVERAL_MEANINGS = Set.of("version");

    static List<RunOutcome> outcomes() {
        GeneralRegisters registers = GeneralRegisters.copyOf(new long[GeneralRegisters.COUNT]);
        List<RunOutcome> outcomes = new ArrayList<>(List.of(
                new RunOutcome.PoweredOff(),
                new RunOutcome.Hibernated(),
                new RunOutcome.Exited(-1),
                new RunOutcome.Deadlock(List.of(VcpuState.values())),
                new RunOutcome.Interrupted(),
                new RunOutcome.RecordingEnds(),
                new RunOutcome.StorageFailed("the disk is full"),
                new RunOutcome.Diverged("here"),
                new RunOutcome.ServiceFailed("mine", "it threw", true),
                new RunOutcome.HeldByService("mine", true),
                new RunOutcome.HeldByService("mine", false),
                new RunOutcome.Broken("this", List.of("that"))));
        for (Effect.SystemReset.Reset kind : Effect.SystemReset.Reset.values()) {
            outcomes.add(new RunOutcome.ResetRequested(kind, new ResetRequest.Plain()));
            outcomes.add(new RunOutcome.ResetRequested(kind, new ResetRequest.Typed(-1, -1)));
        }
        for (RunOutcome.Limit limit : RunOutcome.Limit.values()) {
            outcomes.add(new RunOutcome.LimitReached(limit));
        }
        for (GuestFault.Kind kind : GuestFault.Kind.values()) {
            outcomes.add(new RunOutcome.GuestFailed(new VcpuId(63), new GuestFault(kind, -1, 0), registers));
            outcomes.add(new RunOutcome.GuestFailed(new VcpuId(0), new GuestFault(kind, 0, 0x9600_0045L), registers));
        }
        return outcomes;
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void everyOutcomeIsADocument(RunOutcome outcome) throws IOException {
        RunReport report = new RunReport(
                outcome,
                Position.ofSlice(Long.MAX_VALUE),
                new Progress(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
                Long.MAX_VALUE,
                -1,
                0,
                0,
                Long.MIN_VALUE,
                List.of(),
                List.of(),
                new FlashWrites.Summary(2, 0x10, 0x4008_0000L),
                List.of("virtio-block: a reason"),
                new RunReport.DroppedFrames(1, 2, 3),
                1,
                new RunReport.Breakage("at here\nat there", List.of("an event")),
                new RunReport.Unused(
                        List.of(),
                        7,
                        new Choices.Unmet(
                                new ConsoleScript.Expect(3, Bytes.copyOf(new byte[] {65}), 9), 8, Bytes.EMPTY),
                        true,
                        List.of(new Choices.FaultCount(
                                new FaultRule(
                                        "busy",
                                        CallPattern.ANY,
                                        Occasion.ALWAYS,
                                        new CallFault.Repeated(),
                                        "plan.conf:1"),
                                Long.MAX_VALUE,
                                0))),
                null);
        JsonNode document = new Schemas()
                .validated(ResultFile.json(Ending.of(outcome), report).line());
        assertThat(document.path("slices").asLong())
                .as("a count is exact up to 63 bits")
                .isEqualTo(Long.MAX_VALUE);
        assertThat(document.path("registerDigest").asText())
                .as("64 bits are text")
                .isEqualTo("0xffffffffffffffff");
    }

    @Test
    void allOutcomesAreAmongThose() {
        assertThat(outcomes().stream().<Class<?>>map(RunOutcome::getClass).distinct())
                .containsExactlyInAnyOrder(RunOutcome.class.getPermittedSubclasses());
    }

    @Test
    void theWordsOfClosedSetsAreThoseOfTheProgram() throws IOException {
        assertWords("vcpuState", Arrays.stream(VcpuState.values()).map(VcpuState::description));
        assertWords("fault", Arrays.stream(GuestFault.Kind.values()).map(GuestFault.Kind::description));
        assertWords("reason", Arrays.stream(Decision.Reason.values()).map(Decision.Reason::description));
        assertWords("conduit", Arrays.stream(Conduit.values()).map(CapsWords::word));
        assertWords("executionState", Arrays.stream(ExecutionState.values()).map(CapsWords::word));
        assertThat(words(Schemas.read(Schemas.file("capability")).at("/properties/source")))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Kind.values()).map(Kind::description).toList());
        assertThat(words(Schemas.read(Schemas.file("result")).at("/properties/durability")))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Durability.values()).map(Durability::id).toList());
    }

    private static void assertWords(String definition, Stream<String> words) throws IOException {
        assertThat(words(Schemas.read(Schemas.file("common")).path("$defs").path(definition)))
                .as(definition)
                .containsExactlyInAnyOrderElementsOf(words.toList());
    }

    private static List<String> words(JsonNode schema) {
        List<String> words = new ArrayList<>();
        schema.path("enum").forEach(word -> words.add(word.asText()));
        return words;
    }

    @Test
    void aNameMeansOneThingInAllDocuments() throws IOException {
        Map<String, Set<String>> types = new TreeMap<>();
        JsonNode definitions = Schemas.read(Schemas.file("common")).path("$defs");
        for (String name : Schemas.names()) {
            collect(Schemas.read(Schemas.file(name)), definitions, types);
        }
        collect(definitions, definitions, types);
        types.keySet().removeAll(SEVERAL_MEANINGS);
        types.values().removeIf(several -> several.size() == 1);
        assertThat(types).as("names with different types").isEmpty();
    }

    @Test
    void noObjectTakesAFieldThatIsNotDescribed() throws IOException {
        TreeSet<String> open = new TreeSet<>();
        List<String> names = new ArrayList<>(Schemas.names());
        names.add("common");
        for (String name : names) {
            collectOpen(Schemas.read(Schemas.file(name)), name, open);
        }
        assertThat(open).isEmpty();
    }

    private static void collectOpen(JsonNode node, String path, Set<String> open) {
        if (node.path("type").asText().equals("object") && !node.has("additionalProperties")) {
            open.add(path);
        }
        node.properties().forEach(field -> collectOpen(field.getValue(), path + "/" + field.getKey(), open));
        int at = 0;
        for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
            collectOpen(element, path + "/" + at++, open);
        }
    }

    private static void collect(JsonNode node, JsonNode definitions, Map<String, Set<String>> types) {
        node.path("properties").properties().forEach(property -> {
            if (!property.getValue().isBoolean()) {
                String type = type(property.getValue(), definitions);
                if (!type.isEmpty()) {
                    types.computeIfAbsent(property.getKey(), _ -> new TreeSet<>())
                            .add(type);
                }
            }
        });
        for (JsonNode child : node) {
            collect(child, definitions, types);
        }
    }

    /// The JSON type of a property; empty for a condition without a type.
    private static String type(JsonNode property, JsonNode definitions) {
        String reference = property.path("$ref").asText();
        if (!reference.isEmpty()) {
            return type(definitions.path(reference.substring(reference.lastIndexOf('/') + 1)), definitions);
        }
        if (property.has("oneOf")) {
            return type(property.path("oneOf").get(0), definitions);
        }
        if (property.has("const") && property.path("const").isBoolean()) {
            return "boolean";
        }
        if (property.has("enum") || property.path("const").isTextual()) {
            return "string";
        }
        return property.path("type").asText();
    }
}

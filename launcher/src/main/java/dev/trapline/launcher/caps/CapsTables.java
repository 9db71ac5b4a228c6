package dev.trapline.launcher.caps;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.CapabilityRegistry.Entry;
import dev.trapline.registry.Decided;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The registry's tables, as text and as JSON.
final class CapsTables {

    private static final int WIDTH = 110;
    private static final String INDENT = "      ";

    private final Capabilities capabilities;
    private final List<Conduit> conduits;
    private final List<ExecutionState> states;

    /// All calls with one #imm, by one conduit, from one execution state.
    private record Table(Conduit conduit, ExecutionState state, int immediate, List<Entry> entries) {}

    /// What several tables that are shown as one have in common.
    private record Content(int immediate, List<Entry> entries) {}

    CapsTables(Capabilities capabilities, List<Conduit> conduits, List<ExecutionState> states) {
        this.capabilities = capabilities;
        this.conduits = conduits;
        this.states = states;
    }

    private List<Table> tables() {
        CapabilityRegistry registry = capabilities.registry();
        List<Table> tables = new ArrayList<>();
        for (ExecutionState state : states) {
            for (Conduit conduit : conduits) {
                List<Integer> immediates = new ArrayList<>(List.of(0));
                immediates.addAll(registry.immediates(conduit, state));
                immediates.forEach(immediate ->
                        tables.add(new Table(conduit, state, immediate, registry.entries(conduit, immediate, state))));
            }
        }
        return tables;
    }

    /// One line a range, under a heading for each table.
    String text() {
        Map<Content, List<Table>> same = new LinkedHashMap<>();
        for (Table table : tables()) {
            same.computeIfAbsent(new Content(table.immediate(), table.entries()), _ -> new ArrayList<>())
                    .add(table);
        }
        StringBuilder text = new StringBuilder();
        same.forEach((content, alike) -> {
            text.append(heading(alike))
                    .append(", #imm ")
                    .append(content.immediate())
                    .append('\n');
            boolean isSmccc = content.immediate() == 0;
            content.entries().stream()
                    .filter(entry -> !isSmccc || !isHintedAlone(entry))
                    .forEach(entry -> text.append(lines(entry, isSmccc)));
            text.append('\n');
        });
        return text + "Any other #imm\n  denied: no rule names it, and no service claims it\n" + hints();
    }

    private String hints() {
        return capabilities.takesHints()
                ? "\nSVE hint\n  a fast call with bit 16 set is decided as the same call without it, and not "
                        + "listed separately\n"
                : "";
    }

    /// Whether all identifiers of a range have the hint bit, and the same decision as without it.
    private boolean isHintedAlone(Entry entry) {
        FunctionId first = entry.range().first();
        return capabilities.takesHints()
                && first.sveHint()
                && first.value() >>> 16 == entry.range().last().value() >>> 16;
    }

    private static String heading(List<Table> alike) {
        Set<Conduit> conduits = new LinkedHashSet<>();
        Set<ExecutionState> states = new LinkedHashSet<>();
        for (Table table : alike) {
            conduits.add(table.conduit());
            states.add(table.state());
        }
        if (conduits.size() * states.size() == alike.size()) {
            return joined(conduits) + " from " + joined(states);
        }
        // Not a full product of conduits and states, so each table is named.
        return String.join(
                "; ",
                alike.stream()
                        .map(table -> table.conduit() + " from " + table.state())
                        .toList());
    }

    private static String joined(Set<?> some) {
        return String.join(" and ", some.stream().map(Object::toString).toList());
    }

    private String lines(Entry entry, boolean isSmccc) {
        FunctionId first = entry.range().first();
        FunctionId last = entry.range().last();
        Decided decided = entry.decided();
        String service = Capabilities.service(decided.decision());
        String range = first.equals(last) ? first.toString() : first + "-" + last;
        String owner = isSmccc && CallOwner.isSame(first, last) ? CallOwner.name(first) : "";
        String line = String.format(
                Locale.ROOT,
                "  %-21s  %-26s  %-9s %-8s  %s: %s",
                range,
                owner,
                Capabilities.decision(decided.decision()),
                service,
                decided.kind().description(),
                decided.decidedBy());
        String declared = capabilities.declared(decided);
        return line + (declared.equals("default") ? "" : " (" + declared + ")") + "\n" + (isSmccc ? names(entry) : "");
    }

    private String names(Entry entry) {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder();
        for (String name : capabilities.names(entry.range()).values()) {
            if (!line.isEmpty() && line.length() + name.length() > WIDTH) {
                text.append(INDENT).append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
            }
            line.append(name).append(' ');
        }
        return line.isEmpty()
                ? ""
                : text.append(INDENT)
                        .append(line.toString().stripTrailing())
                        .append('\n')
                        .toString();
    }

    /// A document with a table for each conduit, state and #imm.
    String json() {
        List<Object> all = new ArrayList<>();
        for (Table table : tables()) {
            all.add(new JsonObject()
                    .with("conduit", CapsWords.word(table.conduit()))
                    .with("executionState", CapsWords.word(table.state()))
                    .with("immediate", table.immediate())
                    .with(
                            "ranges",
                            table.entries().stream()
                                    .map(entry -> range(entry, table.immediate() == 0))
                                    .toList()));
        }
        return JsonObject.document("capabilities").with("tables", all).line();
    }

    private JsonObject range(Entry entry, boolean isSmccc) {
        FunctionId first = entry.range().first();
        FunctionId last = entry.range().last();
        JsonObject fields =
                new JsonObject().with("firstFunctionId", first.toString()).with("lastFunctionId", last.toString());
        if (isSmccc && CallOwner.isSame(first, last)) {
            fields.with("owner", Capabilities.owner(first));
        }
        fields.withAll(capabilities.json(entry.decided()));
        if (isSmccc) {
            fields.with("functions", Capabilities.functions(capabilities.names(entry.range())));
        }
        return fields;
    }
}

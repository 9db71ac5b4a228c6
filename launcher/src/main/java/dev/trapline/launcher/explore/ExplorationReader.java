package dev.trapline.launcher.explore;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.trapline.explore.CallInState;
import dev.trapline.explore.CodeSet;
import dev.trapline.explore.Coverage;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads the file of an exploration: what does not fit together is refused, and takes no memory.
///
/// @param of what is explored
/// @param first its first seed
/// @param next the seed to continue with
/// @param tally of the seeds between
record ExplorationReader(String of, long first, long next, Tally tally) {

    /// The document, its lists, and an element.
    private static final int DEEPEST = 3;

    private static final int MOST_ELEMENTS = 100_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(20)
                    .maxNameLength(100)
                    .build())
            .build();

    /// The texts, numbers and lists of an object.
    private static final class Fields {
        private final SortedMap<String, List<Fields>> lists = new TreeMap<>();
        private final SortedMap<String, String> texts = new TreeMap<>();
        private final SortedMap<String, Long> numbers = new TreeMap<>();

        String text(String name) throws IOException {
            return required(texts, name);
        }

        /// @throws IOException if it is missing, or negative
        long count(String name) throws IOException {
            long number = required(numbers, name);
            require(number >= 0, name + " is negative");
            return number;
        }

        /// @throws IOException if it is missing
        List<Fields> list(String name) throws IOException {
            return required(lists, name);
        }

        private static <T> T required(SortedMap<String, T> from, String name) throws IOException {
            T value = from.get(name);
            if (value == null) {
                throw new IOException(name + " is missing");
            }
            return value;
        }
    }

    /// Reads it.
    ///
    /// @throws IOException if it is no such file
    static ExplorationReader read(String text) throws IOException {
        try (JsonParser json = FACTORY.createParser(text)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
            Fields fields = fields(json);
            require(json.nextToken() == null, "something follows");
            return checked(fields);
        }
    }

    private static Fields fields(JsonParser json) throws IOException {
        Fields fields = new Fields();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_OBJECT; token = json.nextToken()) {
            require(token == JsonToken.FIELD_NAME, "it ends early");
            String name = json.currentName();
            switch (json.nextToken()) {
                case VALUE_STRING -> fields.texts.put(name, json.getText());
                case VALUE_NUMBER_INT -> fields.numbers.put(name, json.getLongValue());
                case START_ARRAY -> fields.lists.put(name, elements(json));
                case null, default -> throw new IOException(name + " has a value of another kind");
            }
        }
        return fields;
    }

    private static List<Fields> elements(JsonParser json) throws IOException {
        List<Fields> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken() == JsonToken.START_OBJECT, "an element is no object");
            require(elements.size() < MOST_ELEMENTS, "it has too many elements");
            elements.add(fields(json));
        }
        return elements;
    }

    private static ExplorationReader checked(Fields fields) throws IOException {
        long first = fields.count("first");
        long next = fields.count("next");
        long failed = fields.count("failed");
        List<FailureGroup> groups = new ArrayList<>();
        long inGroups = 0;
        for (Fields each : fields.list("groups")) {
            FailureGroup group = group(each);
            require(group.runs() > 0 && first <= group.firstSeed() && group.firstSeed() <= group.seed(), "a group");
            require(group.seed() < next && group.runs() <= failed - inGroups, "a group has too many runs");
            inGroups += group.runs();
            groups.add(group);
        }
        Tally tally = new Tally(
                fields.count("runs"),
                failed,
                fields.count("checked"),
                fields.count("allSlices"),
                fields.count("instructions"),
                fields.count("longest"),
                groups,
                coverage(fields));
        require(first <= next && tally.runs() == next - first, "it counts other runs than it has seeds");
        require(failed == inGroups && failed <= tally.runs() && tally.checked() <= tally.runs(), "its counts differ");
        return new ExplorationReader(fields.text("of"), first, next, tally);
    }

    private static Coverage coverage(Fields fields) throws IOException {
        CodeSet code;
        try {
            code = CodeSet.parse(fields.text("code"));
        } catch (IllegalArgumentException e) {
            throw new IOException("its code is none: " + e.getMessage(), e);
        }
        SortedSet<CallInState> calls = new TreeSet<>();
        for (Fields each : fields.list("calls")) {
            boolean added = calls.add(new CallInState(each.text("function"), each.text("state"), each.text("result")));
            require(added, "a call is there twice");
        }
        SortedMap<String, Long> rules = new TreeMap<>();
        for (Fields each : fields.list("rules")) {
            require(rules.put(each.text("rule"), each.count("fired")) == null, "a rule is there twice");
        }
        return new Coverage(code, calls, rules);
    }

    private static FailureGroup group(Fields fields) throws IOException {
        try {
            Finding.Kind kind = Finding.Kind.of(fields.text("kind"));
            return new FailureGroup(
                    fields.count("runs"),
                    fields.count("firstSeed"),
                    fields.count("seed"),
                    fields.count("slices"),
                    new Finding(kind, fields.text("signature"), fields.text("message")));
        } catch (IllegalArgumentException e) {
            throw new IOException("a group is none: " + e.getMessage(), e);
        }
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }
}

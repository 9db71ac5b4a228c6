package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The schemas in `docs/schema`, and documents that are validated against them.
final class Schemas {

    static final Path DIRECTORY = CommandProcess.HOME.resolve("docs/schema");

    private static final String SUFFIX = ".schema.json";
    private static final String PREFIX = "trapline.";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, JsonSchema> schemas = new TreeMap<>();
    private final Set<String> used = new TreeSet<>();

    Schemas() throws IOException {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        for (String name : names()) {
            schemas.put(
                    name, factory.getSchema(SchemaLocation.of(file(name).toUri().toString())));
        }
    }

    /// The names of all documents, without `trapline.`.
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("common."))
                    .map(name -> name.replace(SUFFIX, ""))
                    .sorted()
                    .toList();
        }
    }

    static Path file(String name) {
        return DIRECTORY.resolve(name + SUFFIX);
    }

    static JsonNode read(Path file) throws IOException {
        return MAPPER.readTree(Files.readString(file));
    }

    /// Asserts that a text is one document that conforms to an existing schema.
    JsonNode validated(String document) {
        JsonNode node = parsed(document);
        String name = node.path("schema").path("name").asText();
        assertThat(name).as("a document names its schema: %s", document).startsWith(PREFIX);
        JsonSchema schema = schemas.get(name.substring(PREFIX.length()));
        if (schema == null) {
            throw new AssertionError("docs/schema has no " + name);
        }
        Set<ValidationMessage> wrong = schema.validate(node);
        assertThat(wrong).as("%s", document).isEmpty();
        used.add(name.substring(PREFIX.length()));
        return node;
    }

    /// The names of the documents that were validated at least once.
    Set<String> used() {
        return used;
    }

    private static JsonNode parsed(String document) {
        try {
            return MAPPER.readTree(document);
        } catch (JsonProcessingException e) {
            throw new AssertionError("this is not JSON: " + document, e);
        }
    }
}

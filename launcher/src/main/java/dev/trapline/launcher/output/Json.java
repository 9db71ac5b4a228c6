package dev.trapline.launcher.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.trapline.abi.Visible;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes values as JSON (RFC 8259), on one line.
///
/// Numbers follow one rule. 64-bit values such as registers, addresses, digests and seeds are hexadecimal strings,
/// because many JSON readers convert numbers to doubles. Counts and measurements are numbers. A function identifier is
/// a string in Arm's notation, `0xC4000003`.
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /// A value: text, number, boolean, [JsonObject], list or map. The order of a map is kept.
    public static String of(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            write(value, json);
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes all that is written to it", e);
        }
        return Visible.json(text.toString());
    }

    private static void write(Object value, JsonGenerator json) throws IOException {
        switch (value) {
            case JsonObject object -> write(object.fields(), json);
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.writeFieldName(entry.getKey().toString());
                    write(entry.getValue(), json);
                }
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                for (Object element : list) {
                    write(element, json);
                }
                json.writeEndArray();
            }
            case Boolean flag -> json.writeBoolean(flag);
            case Number number -> json.writeNumber(number.longValue());
            default -> json.writeString(value.toString());
        }
    }

    /// The strings and numbers of an object, without those in nested values.
    ///
    /// @throws IOException if the text is not a JSON object
    static SortedMap<String, String> fields(String object) throws IOException {
        SortedMap<String, String> fields = new TreeMap<>();
        try (JsonParser json = FACTORY.createParser(object)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (value.isScalarValue()) {
                    fields.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        return fields;
    }

    /// A 64-bit value as a hexadecimal string.
    public static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}

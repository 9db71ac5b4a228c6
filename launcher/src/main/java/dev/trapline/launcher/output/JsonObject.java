package dev.trapline.launcher.output;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An object of a JSON document. Its fields keep their order.
///
/// All commands use one vocabulary of field names, defined in `docs/schema`.
public final class JsonObject {

    /// The version of every document's schema. While it is 0, names may still change from one release to the next.
    private static final int VERSION = 0;

    private final Map<String, Object> fields = new LinkedHashMap<>();

    /// A document. Its first field names its schema: `trapline.result` is described in
    /// `docs/schema/result.schema.json`.
    public static JsonObject document(String schema) {
        return new JsonObject()
                .with(
                        "schema",
                        new JsonObject().with("name", "trapline." + schema).with("version", VERSION));
    }

    /// Adds a field.
    ///
    /// @param value as [Json#of] takes it
    public JsonObject with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /// Adds a field if there is a value for it.
    public JsonObject withAny(String name, @Nullable Object value) {
        return value == null ? this : with(name, value);
    }

    /// Adds the fields of another object.
    public JsonObject withAll(JsonObject other) {
        fields.putAll(other.fields);
        return this;
    }

    public Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }

    /// The document on a line of its own.
    public String line() {
        return Json.of(this) + "\n";
    }

    @Override
    public String toString() {
        return Json.of(this);
    }
}

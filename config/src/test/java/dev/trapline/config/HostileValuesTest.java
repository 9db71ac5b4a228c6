package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each key with values that it cannot have: all are errors that name the key, and none is taken for another value.
class HostileValuesTest {

    /// The most of a message that a value may take, in characters.
    private static final int SHORT = 1_000;

    /// A value of one of the kinds that a key can take, or not.
    private record Kind(String text, ConfigValueType type) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("null", ConfigValueType.NULL),
            new Kind("[[]]", ConfigValueType.LIST),
            new Kind("[null]", ConfigValueType.LIST),
            new Kind("[{}]", ConfigValueType.LIST),
            new Kind("{ a { } }", ConfigValueType.OBJECT),
            new Kind("\"a\\u0000b\"", ConfigValueType.STRING),
            new Kind("[\"a\\u0000b\"]", ConfigValueType.LIST),
            new Kind("\"" + "x".repeat(9_000) + "\"", ConfigValueType.STRING));

    /// Keys that take any text, which is judged where it is used.
    private static final List<String> FREE = List.of(
            "trapline.record.postgresql.user",
            "trapline.record.postgresql.password",
            "trapline.engine.shortcuts",
            "trapline.remote.host");

    private static Stream<String> keys() {
        List<String> keys = new ArrayList<>();
        collect("", ConfigLoader.reference().root(), keys);
        return keys.stream();
    }

    private static void collect(String prefix, ConfigObject section, List<String> keys) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            String path = prefix + entry.getKey();
            keys.add(path);
            if (entry.getValue() instanceof ConfigObject inner) {
                collect(path + ".", inner, keys);
            }
        }
    }

    /// What each command reads, taken together. Null if nothing is wrong.
    private static @Nullable String refused(String assignment) {
        try {
            LayeredConfig layers =
                    new ConfigLoader().assignments(List.of(assignment)).load();
            layers.plugins();
            layers.serve();
            layers.replay();
            layers.validate(ConfigFixture.SERVICES);
            return null;
        } catch (ConfigException e) {
            return e.problems().stream().map(ConfigProblem::toString).reduce("", (all, next) -> all + next + "\n");
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aValueOfAnotherKindIsAnErrorThatNamesTheKey(String key) {
        ConfigValueType takes =
                ConfigLoader.reference().root().toConfig().getValue(key).valueType();
        for (Kind kind : KINDS) {
            String error = refused(key + " = " + kind.text());
            boolean isFree = FREE.contains(key) && kind.type() == ConfigValueType.STRING;
            // A file can have a long name.
            boolean isName = takes == ConfigValueType.STRING && kind.text().length() > SHORT;
            if (!isFree && !isName) {
                assertThat(error).as("%s = %.40s", key, kind.text()).isNotNull();
            }
            if (error != null) {
                assertThat(error)
                        .as("%s = %.40s", key, kind.text())
                        .contains(key.replaceFirst("\\.[^.]*$", ""))
                        .hasSizeLessThan(SHORT);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "3", "[]", "\"a\\u0000b\""})
    void aSectionThatIsNoneIsAnErrorAlsoWhereAProfileIsLookedFor(String value) {
        assertThat(refused("firmware = " + value)).contains("trapline.firmware is a section");
        assertThat(refused("trapline.firmware.services = " + value)).contains("trapline.firmware.services");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"firmware.toggles.psci", "firmware.registers.PSCI_VERSION", "firmware.services.psci.version"})
    void aLongValueIsQuotedInPart(String key) {
        assertThat(refused(key + " = " + "x".repeat(9_000))).contains(key).hasSizeLessThan(SHORT);
    }
}

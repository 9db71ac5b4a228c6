package dev.trapline.abi.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a service says of itself is shown, recorded and looked at by others: it has to be plain, and not too much.
class ServiceDescriptorTest {

    private static final FunctionId ID = new FunctionId(0xc600_1234);

    private static void assertRefused(ThrowingCallable made, String why) {
        assertThatThrownBy(made)
                .as(why)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static ServiceDescriptor named(String name, String version) {
        return new ServiceDescriptor(name, version, List.of(), List.of(), List.of());
    }

    private static Function function(FunctionId id, String name) {
        return new Function(id, name, List.of(), List.of());
    }

    /// A control sequence, a line of its own, half a character, and one that turns the direction of text round.
    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "a\nb", "a\ud800b", "\u202e"})
    void noTextHasMoreThanPlainCharacters(String text) {
        String why = "has a control character, or half of one";
        assertRefused(() -> named("one", text), "the version of the service " + why);
        assertRefused(() -> named(text, "1"), "a service's name " + why);
        assertRefused(() -> function(ID, text), why);
        assertRefused(() -> new Function(ID, "F", List.of(text), List.of()), "a parameter of F " + why);
        assertRefused(() -> new ResultName(0, text), why);
        assertRefused(() -> new Setting(text, "", ""), why);
        assertRefused(() -> new Setting("key", text, ""), "the default of key " + why);
        assertRefused(() -> new Setting("key", "", text), "the help of key " + why);
    }

    @Test
    void noTextIsLongerThanSomebodyReads() {
        String text = "v".repeat(3 << 20);
        String why = "has 3145728 characters, and at most ";
        assertRefused(() -> named("one", text), "the version of the service " + why + 100);
        assertRefused(() -> named(text, "1"), "a service's name " + why + 100);
        assertRefused(() -> function(ID, text), why + 100);
        assertRefused(() -> new Setting("key", text, ""), why + 10_000);
    }

    @Test
    void thereAreNotTooManyOfAnything() {
        List<Function> functions = IntStream.range(0, 10_001)
                .mapToObj(n -> function(new FunctionId(0xc600_0000 + n), "F" + n))
                .toList();
        assertRefused(
                () -> new ServiceDescriptor("one", "1", List.of(), functions, List.of()),
                "the service has 10001 functions, and at most 10000 are taken");
        assertRefused(
                () -> new Function(ID, "F", Collections.nCopies(18, "p"), List.of()),
                "the function F has 18 parameters, and at most 17 are taken");
    }

    @Test
    void aFunctionIsDescribedOnce() {
        assertRefused(
                () -> new ServiceDescriptor(
                        "one", "1", List.of(), List.of(function(ID, "A"), function(ID, "B")), List.of()),
                "is described twice");
    }

    @Test
    void aSettingDependsOnASettingThatTheServiceHas() {
        Setting setting = new Setting("speed", "1", "").idleIf("mode", List.of("off"), "it is off");
        assertRefused(
                () -> new ServiceDescriptor("one", "1", List.of(), List.of(), List.of(setting)),
                "the setting 'speed' depends on 'mode', which the service does not have");
    }

    @ParameterizedTest
    @CsvSource({
        "off, true",
        "on, false",
        "'', false",
        "'fast, off', true",
        "'fast,slow', false",
        "offset, false",
    })
    void aSettingIsIdleWhileTheOtherOneHasOneOfTheValues(String value, boolean idle) {
        Setting setting = new Setting("speed", "1", "").idleIf("mode", List.of("off", "none"), "it is off");
        assertThat(setting.idle().getFirst().isMet(value)).isEqualTo(idle);
    }

    @Test
    void aRegisterShowsASettingThatTheServiceHas() {
        KvmRegister.Value value = new KvmRegister.Value(2, "0.2");
        KvmRegister.Setting view = new KvmRegister.Setting(
                KvmRegister.Plain.PSCI_VERSION, "version", "auto", List.of(value), value, value);
        assertThatThrownBy(() ->
                        new ServiceDescriptor("one", "1", List.of(), List.of(), List.of(), List.of(), List.of(view)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PSCI_VERSION")
                .hasMessageContaining("'version'");
    }
}

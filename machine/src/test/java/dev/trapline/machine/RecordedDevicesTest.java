package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A recording can be replayed only on the board on which it was recorded.
class RecordedDevicesTest {

    private static final DeviceRef UART = new DeviceRef("uart", "1", 0x900_0000, 0x1000);
    private static final DeviceRef CLOCK = new DeviceRef("clock", "2", 0xa00_0000, 0x10);

    @Test
    void theSameDevicesAreTaken() {
        assertThatCode(() -> RecordedDevices.require(List.of(UART, CLOCK), List.of(UART, CLOCK)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // difference, name, version, base, size
        "another name, watch, 2, 0xa000000, 0x10",
        "another version, clock, 3, 0xa000000, 0x10",
        "another address, clock, 2, 0xa000100, 0x10",
        "another size, clock, 2, 0xa000000, 0x20"
    })
    void aDeviceThatDiffersIsNamedAsItWasRecorded(String what, String name, String version, String base, String size) {
        DeviceRef other = new DeviceRef(name, version, Long.decode(base), Long.decode(size));
        assertThatThrownBy(() -> RecordedDevices.require(List.of(UART, CLOCK), List.of(UART, other)))
                .as(what)
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'clock' (version 2, 0x10 bytes) at 0xa000000")
                .hasMessageContaining(other.base() == CLOCK.base() ? other.toString() : "no device there");
    }

    @Test
    void aDeviceThatIsMissingIsNamed() {
        assertThatThrownBy(() -> RecordedDevices.require(List.of(UART, CLOCK), List.of(UART)))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'clock'")
                .hasMessageContaining("no device there");
    }

    @Test
    void aDeviceTooManyIsNamed() {
        assertThatThrownBy(() -> RecordedDevices.require(List.of(UART), List.of(UART, CLOCK)))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'clock'")
                .hasMessageContaining("made without it");
    }
}

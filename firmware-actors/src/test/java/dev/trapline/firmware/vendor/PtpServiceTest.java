package dev.trapline.firmware.vendor;

import static dev.trapline.firmware.Calls.EVERYTHING;
import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Documentation/virt/kvm/arm/ptp_kvm.rst: wall clock in w0:w1, counter in w2:w3, the upper half first.
class PtpServiceTest {

    private static final long PTP = 0x8600_0001L;

    private final PtpService service = new PtpService();

    private RegisterWrites call(String epoch, long time, long... x) {
        ServiceCall call = hvc(0, x);
        return service.apply(
                        service.start(settingsOf(service, "epoch", epoch)),
                        new ServiceCall(call.caller(), call.exit(), time, EVERYTHING),
                        MEMORY)
                .registers();
    }

    @ParameterizedTest(name = "{7}")
    @CsvSource(
            delimiter = ';',
            value = {
                // epoch; ticks of 16 ns; counter; w0; w1; w2; w3; why
                "0; 0; 0; 0; 0; 0; 0; the beginning",
                "0; 62500000; 0; 0; 1000000000; 0; 62500000; a second is 62.5 million ticks",
                "0; 62500000; 1; 0; 1000000000; 0; 62500000; the physical counter is the virtual one",
                "1767225600000000000; 0; 0; 411464273; 3992584192; 0; 0; 2026-01-01 00:00 UTC",
                "4294967280; 1; 0; 1; 0; 0; 1; the wall clock reaches its upper half",
                "0; 4294967297; 0; 16; 16; 1; 1; and the counter its own"
            })
    void theWallClockAndTheCounterAreOfOneMoment(
            String epoch, long time, long counter, long w0, long w1, long w2, long w3, String why) {
        assertThat(call(epoch, time, PTP, counter)).as(why).isEqualTo(RegisterWrites.fromX0(w0, w1, w2, w3));
    }

    @Test
    void anotherCounterIsNotSupported() {
        assertThat(call("0", 5, PTP, 2)).isEqualTo(RegisterWrites.x0(-1));
        assertThat(call("0", 5, PTP, 0x1_0000_0001L))
                .as("only w1 is used")
                .isEqualTo(RegisterWrites.fromX0(0, 80, 0, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "now", "4611686018427387905", ""})
    void anEpochThatIsNoNumberOfNanosecondsIsRefused(String epoch) {
        assertThatThrownBy(() -> service.start(settingsOf(service, "epoch", epoch)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'epoch'")
                .hasMessageContaining("'" + epoch + "'");
    }
}

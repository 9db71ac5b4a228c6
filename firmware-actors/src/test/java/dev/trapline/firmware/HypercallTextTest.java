package dev.trapline.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.machine.text.HypercallText;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HypercallTextTest {

    private static final List<ServiceDescriptor> SERVICES = FirmwareServices.onClassPath().stream()
            .<ServiceDescriptor>map(FirmwareService::descriptor)
            .toList();

    @ParameterizedTest
    @CsvSource({
        "0xc4000003, 0, PSCI_CPU_ON",
        "0xc4010003, 0, PSCI_CPU_ON+SVE_HINT",
        "0x84010063, 0, FFA_VERSION+SVE_HINT",
        "0x8600ff01, 0, VENDOR_HYP_UID",
        "0x84020003, 0, 0x84020003",
        "0x84018000, 0, 0x84018000",
        "0xc4000003, 1, 0xC4000003"
    })
    void aCallIsNamedByItsFunctionAndItsHint(String x0, int immediate, String expected) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = Long.decode(x0);
        HypercallExit exit = new HypercallExit(
                Conduit.HVC, immediate, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
        assertThat(new HypercallText(SERVICES).name(exit)).isEqualTo(expected);
    }
}

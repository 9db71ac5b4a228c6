package dev.trapline.firmware.psci;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.RegisterWrites;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// PSCI_FEATURES reports the functions of each version. The table is `features.csv`.
class PsciFeaturesTest {

    private static final long FEATURES = 0x8400_000aL;

    private static final List<String[]> MACHINES = List.of(
            new String[] {"version=0.2"},
            new String[] {"version=1.0"},
            new String[] {"version=1.1"},
            new String[] {"version=1.2"},
            new String[] {"version=1.3"},
            new String[] {"version=1.3", "trusted-os=up-migratable"});

    static Stream<Arguments> rows() throws IOException {
        return PsciErrorTest.rows("/psci/features.csv").stream().map(row -> Arguments.of(row[0], row[1], row));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void aVersionHasTheFunctionsOfTheTable(String function, String id, String[] row) {
        for (int k = 0; k < MACHINES.size(); k++) {
            assertThat(PsciMachine.of(MACHINES.get(k)).x0(0, FEATURES, PsciErrorTest.number(id)))
                    .as("%s with %s", function, Arrays.toString(MACHINES.get(k)))
                    .isEqualTo(Long.parseLong(row[2 + k]));
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void whatIsNotThereIsNotSupportedWhenCalled(String function, String id, String[] row) {
        for (int k = 1; k < MACHINES.size(); k++) {
            if (row[2 + k].equals("-1")) {
                assertThat(PsciMachine.of(MACHINES.get(k)).x0(0, PsciErrorTest.number(id)))
                        .as("%s with %s", function, Arrays.toString(MACHINES.get(k)))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void cpuSuspendTellsTheFormatAndWhetherThereIsOsInitiatedMode() {
        assertThat(PsciMachine.of("power-state-format=extended").x0(0, FEATURES, 0xc400_0001L))
                .as("bit 1: extended format; bit 0: OS-initiated mode")
                .isEqualTo(3);
        assertThat(PsciMachine.of("without=SET_SUSPEND_MODE").x0(0, FEATURES, 0xc400_0001L))
                .as("no mode to set, no OS-initiated mode")
                .isZero();
    }

    @Test
    void anAarch32CallerHasNoFunctionsOf64Bits() {
        PsciMachine machine = PsciMachine.of();
        for (ExecutionState state : List.of(ExecutionState.A32, ExecutionState.T32)) {
            assertThat(machine.call(state, 0, FEATURES, 0xc400_0003L).registers())
                    .isEqualTo(RegisterWrites.x0(-1));
            assertThat(machine.call(state, 0, FEATURES, 0x8400_0003L).registers())
                    .isEqualTo(RegisterWrites.x0(0));
            assertThat(machine.call(state, 0, PsciMachine.CPU_ON, 1, PsciMachine.ENTRY, 0)
                            .registers())
                    .isEqualTo(RegisterWrites.x0(-1));
        }
    }

    @Test
    void featuresDoNotNameWhatThePolicyDenies() {
        Capabilities withoutCpuOn = (_, _, function, _) ->
                function == 0xc400_0003 ? Capabilities.DecisionKind.DENIED : Capabilities.DecisionKind.FORWARDED;
        PsciService service = new PsciService();
        PsciState state = service.start(PsciMachine.context(1, 1, false));
        assertThat(service.apply(state, hvc(withoutCpuOn, 0, FEATURES, 0xc400_0003L), MEMORY)
                        .registers())
                .isEqualTo(RegisterWrites.x0(-1));
        assertThat(service.apply(state, hvc(withoutCpuOn, 0, FEATURES, 0x8400_0003L), MEMORY)
                        .registers())
                .isEqualTo(RegisterWrites.x0(0));
    }
}

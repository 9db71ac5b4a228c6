package dev.trapline.firmware.pvtime;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceContext;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PvTimeServiceTest {

    private static final long FEATURES = 0xc500_0020L;
    private static final long ST = 0xc500_0021L;
    private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(-1);

    private final PvTimeService service = new PvTimeService();

    private PvTimeState started(int vcpus, String base) {
        return service.start(
                new ServiceContext(new MachineTopology(vcpus, 16), false, new TreeMap<>(Map.of("base", base))));
    }

    private static GuestMemory ram(long bytes) {
        return new GuestMemory() {
            @Override
            public boolean contains(long address, long length) {
                return address >= 0x4000_0000L && length >= 0 && address - 0x4000_0000L + length <= bytes;
            }

            @Override
            public Bytes read(long address, int length) {
                throw new UnsupportedOperationException("nothing is read here");
            }
        };
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = ';',
            value = {
                // x1; x0; why
                "c5000020; 0; PV_TIME_FEATURES is there",
                "c5000021; 0; PV_TIME_ST is there",
                "deadbeefc5000021; 0; what is asked for is a uint32 (DEN0057)",
                "c5000022; -1; there is no third call",
                "85000021; -1; there is no form for 32 bits",
                "c4000053; -1; TRNG is not asked about here",
                "c4000003; -1; PSCI is not asked about here",
                "80000000; -1; SMCCC_VERSION is not asked about here",
                "0; -1; no call at all"
            })
    void featuresAreThoseOfPvTime(String asked, long expected, String why) {
        assertThat(service.apply(started(1, "auto"), hvc(0, FEATURES, HexFormat.fromHexDigitsToLong(asked)), MEMORY)
                        .registers())
                .as(why)
                .isEqualTo(RegisterWrites.x0(expected));
    }

    @Test
    void featuresAgreeWithWhatTheMachineDenies() {
        Capabilities nothing = (_, _, _, _) -> Capabilities.DecisionKind.DENIED;
        assertThat(service.apply(started(1, "auto"), hvc(nothing, 0, FEATURES, ST), MEMORY)
                        .registers())
                .as("it would be NOT_SUPPORTED")
                .isEqualTo(NOT_SUPPORTED);
    }

    @Test
    void eachVcpuHasAStructureOfItsOwn() {
        PvTimeState state = started(3, "0x47ff_0000");
        for (int vcpu = 0; vcpu < 3; vcpu++) {
            long structure = 0x47ff_0000L + 64L * vcpu;
            Reply<PvTimeState> reply = service.apply(state, hvc(vcpu, ST), MEMORY);
            assertThat(reply.registers()).as("aligned to 64 bytes").isEqualTo(RegisterWrites.x0(structure));
            assertThat(reply.effects())
                    .as("revision 0, attributes 0, and the stolen time at 8 from now on")
                    .containsExactly(
                            new Effect.WriteMemory(structure, Bytes.copyOf(new byte[8])),
                            new Effect.ShareStolenTime(new VcpuId(vcpu), structure + 8));
        }
    }

    @Test
    void askingAgainTakesNothingBack() {
        Reply<PvTimeState> first = service.apply(started(1, "auto"), hvc(0, ST), MEMORY);
        assertThat(service.apply(first.state(), hvc(0, ST), MEMORY))
                .as("the same address, and the stolen time is not written")
                .isEqualTo(first);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = ';',
            value = {
                // RAM in bytes, hexadecimal; the structure of vCPU 0
                "100000; 400ff000",
                "1001000; 41000000",
                "8000000; 47fff000",
                "c0000000; fffff000",
                "1000000000; 103ffff000"
            })
    void byDefaultTheStructuresLieInTheLastPageOfRam(String ram, String structure) {
        assertThat(service.apply(started(64, "auto"), hvc(0, ST), ram(HexFormat.fromHexDigitsToLong(ram)))
                        .registers())
                .isEqualTo(RegisterWrites.x0(HexFormat.fromHexDigitsToLong(structure)));
    }

    @Test
    void whereThereIsNoMemoryThereIsNoPvTime() {
        PvTimeState state = started(2, "0x47ff_ffc0");
        assertThat(service.apply(state, hvc(0, ST), MEMORY))
                .as("the second vCPU's structure is beyond the end of RAM")
                .isEqualTo(Reply.x0(state, -1));
        assertThat(service.apply(state, hvc(0, FEATURES, ST), MEMORY).registers())
                .as("FEATURES reports it")
                .isEqualTo(NOT_SUPPORTED);
        assertThat(service.apply(started(1, "0x47ff_ffc0"), hvc(0, ST), MEMORY).registers())
                .as("one structure fits")
                .isEqualTo(RegisterWrites.x0(0x47ff_ffc0L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "top", "0x47ff_0001", "0x47ff_0020", "-64", "0x1_0000_0000_0000_0000"})
    void anotherBaseThanAnAlignedAddressIsRefusedWithAnExample(String base) {
        assertThatThrownBy(() -> started(1, base))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'base' takes auto or an address that is a multiple of 64")
                .hasMessageContaining("'" + base + "'");
    }

    @Test
    void whatItDoesNotHaveIsNotSupported() {
        assertThat(service.apply(started(1, "auto"), hvc(0, 0xc500_0022L), MEMORY)
                        .registers())
                .isEqualTo(NOT_SUPPORTED);
    }
}

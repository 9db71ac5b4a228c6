package dev.trapline.firmware.smccc;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.registry.CapabilityRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The general queries of owners 4 and 5 (DEN0028 §6.2).
class GeneralQueryTest {

    private static final ServiceDescriptor FIVE_FUNCTIONS = new ServiceDescriptor(
            "five",
            "1",
            List.of(new Claim(FunctionId.fast32(4, 0), FunctionId.fast32(4, 4))),
            IntStream.range(0, 5)
                    .mapToObj(n -> new Function(FunctionId.fast32(4, n), "F" + n, List.of(), List.of()))
                    .toList(),
            List.of());

    private final SmcccService service = new SmcccService();

    private RegisterWrites call(Policy policy, String key, String value, long function) {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(service.descriptor(), FIVE_FUNCTIONS), policy);
        return service.apply(service.start(settingsOf(service, key, value)), hvc(registry, 0, function), MEMORY)
                .registers();
    }

    /// TF-A's UID in byte order, and the words that callers compare.
    @ParameterizedTest
    @CsvSource({"standard-secure-uid, 0x8400ff01", "standard-hyp-uid, 0x8500ff01"})
    void theUidIsTheOneOfTheSetting(String key, String function) {
        assertThat(call(Policy.DEFAULT, key, "5b908d10-63f8-e847-ae2d-c0fb5641f6e2", Long.decode(function)))
                .isEqualTo(RegisterWrites.fromX0(0x108d905bL, 0x47e8f863L, 0xfbc02daeL, 0xe2f64156L));
    }

    @Test
    void eachOwnerHasAnIdentityOfItsOwn() {
        assertThat(call(Policy.DEFAULT, "version", "1.5", 0x8400_ff01L))
                .isNotEqualTo(call(Policy.DEFAULT, "version", "1.5", 0x8500_ff01L));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0x8400ff03; 1.5; 1 0; revision 1.0 of owner 4",
                "0x8500ff03; 1.0; 1 0; and of owner 5, in every version",
                "0x8400ff00; 1.5; -1; the call count is deprecated",
                "0x8400ff00; 1.3; -1; and gone since 1.3",
                "0x8400ff00; 1.2; 8; before, the five functions and these three",
                "0x8400ff00; 1.0; 8; from 1.0 on",
                "0x8500ff00; 1.1; 3; owner 5 has these three alone",
                "0x8400ff02; 1.5; -1; reserved"
            })
    void theQueriesAreAnsweredAsTheirVersionHasThem(String function, String version, String expected, String why) {
        String[] words = expected.split(" ", -1);
        long[] values = new long[words.length];
        for (int n = 0; n < words.length; n++) {
            values[n] = Long.parseLong(words[n]);
        }
        assertThat(call(Policy.DEFAULT, "version", version, Long.decode(function)))
                .as(why)
                .isEqualTo(RegisterWrites.fromX0(values));
    }

    @Test
    void theCallCountLeavesOutWhatIsDenied() {
        assertThat(call(Policy.DEFAULT.with("five", false), "version", "1.1", 0x8400_ff00L))
                .isEqualTo(RegisterWrites.x0(3));
    }
}

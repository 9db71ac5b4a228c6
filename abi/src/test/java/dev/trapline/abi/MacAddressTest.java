package dev.trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    @Test
    void anAddressIsItsOctets() {
        MacAddress address = MacAddress.parse("02:00:5E:10:00:ff").orElseThrow();
        assertThat(address.bits()).isEqualTo(0x0200_5e10_00ffL);
        assertThat(address.octets()).containsExactly(2, 0, 0x5e, 0x10, 0, -1);
        assertThat(address).hasToString("02:00:5e:10:00:ff");
    }

    /// Bit 0 of the first octet is that of a group, bit 1 that of a local address (IEEE 802, clause 8.2).
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:00:00:00:00",
                "02:00:00:00:00:00:00",
                "2:0:0:0:0:1",
                "02-00-00-00-00-01",
                "02:00:00:00:00:0g",
                "00:00:00:00:00:00",
                "01:00:5e:00:00:01",
                "ff:ff:ff:ff:ff:ff"
            })
    void whatIsNotTheAddressOfOneInterfaceIsRefused(String text) {
        assertThat(MacAddress.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 48, 1L << 40, 0xffff_ffff_ffffL})
    void soAreSuchNumbers(long bits) {
        assertThatIllegalArgumentException().isThrownBy(() -> new MacAddress(bits));
    }

    @Test
    void theAddressOfASeedIsLocalAndNoOtherSeedHasIt() {
        assertThat(LongStream.range(0, 1000).mapToObj(MacAddress::ofSeed))
                .doesNotHaveDuplicates()
                .allMatch(address -> address.octets()[0] == 2);
        assertThat(MacAddress.ofSeed(7)).isEqualTo(MacAddress.ofSeed(7));
    }
}

package dev.trapline.abi.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegisterWritesTest {

    @Test
    void onlyTheNamedRegistersAreWritten() {
        long[] registers = new long[34];
        java.util.Arrays.setAll(registers, n -> 0xa5a5_0000L + n);
        RegisterWrites.x0(7).and(12, 8).and(3, 9).applyTo(registers);
        for (int n = 0; n < registers.length; n++) {
            long expected = switch (n) {
                case 0 -> 7;
                case 3 -> 9;
                case 12 -> 8;
                default -> 0xa5a5_0000L + n;
            };
            assertThat(registers[n]).as("register " + n).isEqualTo(expected);
        }
    }

    @Test
    void theLaterOfTwoWritesToOneRegisterCounts() {
        assertThat(RegisterWrites.x0(1).and(0, 2)).isEqualTo(RegisterWrites.x0(2));
        assertThat(RegisterWrites.fromX0(1, 2, 3).and(1, 9)).isEqualTo(RegisterWrites.fromX0(1, 9, 3));
    }

    @Test
    void theOrderOfNamingDoesNotMatter() {
        assertThat(RegisterWrites.NONE.and(30, 1).and(5, 2))
                .isEqualTo(RegisterWrites.NONE.and(5, 2).and(30, 1))
                .hasToString("x5=0x2 x30=0x1");
    }

    @Test
    void aRegisterThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> RegisterWrites.NONE.and(31, 0)).hasMessageContaining("x31");
    }

    /// However they came to be, the same writes are equal and do the same.
    @Test
    void writesAreTheirRegistersAndValuesWhateverTheyWereMadeOf() {
        RegisterWrites whole = RegisterWrites.fromX0(4, 5, 6);
        RegisterWrites parts = RegisterWrites.NONE.and(2, 6).and(0, 9).and(1, 5).and(0, 4);
        assertThat(parts).isEqualTo(whole).hasSameHashCodeAs(whole).hasToString("x0=0x4 x1=0x5 x2=0x6");
        assertThat(parts.count()).isEqualTo(3);
        assertThat(parts.mask()).isEqualTo(0b111);
        assertThat(new long[] {parts.value(0), parts.value(1), parts.value(2)}).containsExactly(4, 5, 6);
        assertThat(RegisterWrites.NONE.and(0, 3)).isEqualTo(RegisterWrites.x0(3));
        assertThat(RegisterWrites.NONE.and(7, 0))
                .isNotEqualTo(RegisterWrites.x0(0))
                .hasToString("x7=0x0");
        assertThat(RegisterWrites.NONE.count()).isZero();
        assertThat(RegisterWrites.NONE).hasToString("no register").isEqualTo(RegisterWrites.fromX0());
    }
}

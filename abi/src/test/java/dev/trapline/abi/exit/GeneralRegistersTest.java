package dev.trapline.abi.exit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A snapshot is what the registers were, however it is kept.
class GeneralRegistersTest {

    private static long[] values(long seed) {
        long[] values = new long[GeneralRegisters.COUNT];
        Arrays.setAll(values, n -> seed + 0x1_0000_0001L * n);
        return values;
    }

    private static void assertIs(GeneralRegisters registers, long[] values) {
        long[] copied = new long[GeneralRegisters.COUNT];
        registers.copyTo(copied);
        assertThat(copied).as("copied").containsExactly(values);
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            assertThat(registers.get(n)).as(GeneralRegisters.nameOf(n)).isEqualTo(values[n]);
        }
        for (int n = 0; n <= 30; n++) {
            assertThat(registers.x(n)).as("x%d", n).isEqualTo(values[n]);
        }
        assertThat(registers.sp()).isEqualTo(values[GeneralRegisters.SP]);
        assertThat(registers.pc()).isEqualTo(values[GeneralRegisters.PC]);
        assertThat(registers.pstate()).isEqualTo(values[GeneralRegisters.PSTATE]);
    }

    /// The register that changes is any one.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 16, 17, 18, 19, 23, 24, 29, 30, 31, 32, 33})
    void aSnapshotThatFollowsAnotherIsAsOneAlone(int changed) {
        long[] before = values(5);
        long[] after = before.clone();
        after[changed]++;
        GeneralRegisters first = GeneralRegisters.copyOf(before);
        GeneralRegisters second = GeneralRegisters.copyOf(after, first);
        GeneralRegisters same = GeneralRegisters.copyOf(before, second);
        Arrays.fill(after, -1);
        assertIs(first, before);
        long[] expected = before.clone();
        expected[changed]++;
        assertIs(second, expected);
        assertIs(same, before);
        assertThat(second).isNotEqualTo(first).isEqualTo(GeneralRegisters.copyOf(expected));
        assertThat(same).isEqualTo(first).hasSameHashCodeAs(first).hasToString(first.toString());
    }
}

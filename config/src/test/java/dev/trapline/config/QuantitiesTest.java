package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Durations as people write them.
class QuantitiesTest {

    @ParameterizedTest
    @CsvSource({
        "0,                     0",
        "1ns,                   1",
        "2us,                   2000",
        "3ms,                   3000000",
        "4s,                    4000000000",
        "5min,                  300000000000",
        "6m,                    360000000000",
        "7h,                    25200000000000",
        "1.5 s,                 1500000000",
        "0.000000001s,          1",
        "0.0000000019s,         1",
        "0.9ns,                 0",
        "00.50h,                1800000000000",
        "1.000000000000000001h, 3600000000000"
    })
    void aDurationIsItsWholeNanoseconds(String text, BigInteger nanoseconds) {
        assertThat(Quantities.nanoseconds(text))
                .as("the number times its unit; what is less than a nanosecond is dropped")
                .isEqualTo(nanoseconds);
    }

    @Test
    void aDurationMayBeLongerThanSixtyFourBits() {
        assertThat(Quantities.nanoseconds("9".repeat(90) + ".5ms"))
                .as("the range is checked by the caller, whose message says it")
                .isEqualTo(new BigInteger("9".repeat(90) + "500000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.5", ".5s", "1.s", "1,5s", "-1s", "1e3s", "s", "1 d", "1..5s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThat(Quantities.nanoseconds(text))
                .as("a number, perhaps with decimals, and a unit")
                .isNull();
    }
}

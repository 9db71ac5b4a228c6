package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Guests that do difficult things run the same with and without shortcuts, slice for slice.
class TwinsTest {

    private static final int GUESTS = Boolean.getBoolean("trapline.full") ? 50_000 : 150;

    @ParameterizedTest
    @CsvSource({"system, all", "bundled, all", "system, 'stores,budgets'"})
    void randomGuestsRunAlikeWithAndWithoutShortcuts(String library, String shortcuts)
            throws IOException, InterruptedException {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
        HostTools.Result result =
                HostTools.java(Path.of("."), Twins.class, library, "1", Integer.toString(GUESTS), shortcuts);
        String printed = result.printed();
        String last = printed.substring(Math.max(0, printed.length() - 4000));
        assertThat(result.status())
                .as("the process of the guests; it printed last:\n" + last)
                .isZero();
        assertThat(printed).as("it reached its end").endsWith("the same\n");
    }
}

package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.testkit.HostTools;
import dev.trapline.unicorn.ffi.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Guests that do difficult things run the same with and without shortcuts, slice for slice.
class TwinsTest {

    private static final int GUESTS = Boolean.getBoolean("trapline.full") ? 50_000 : 150;

    @ParameterizedTest
    @CsvSource({"system, all", "bundled, all", "system, 'stores,budgets'", "system, all wired", "bundled, all wired"})
    void randomGuestsRunAlikeWithAndWithoutShortcuts(String library, String guests)
            throws IOException, InterruptedException {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
        List<String> arguments = new ArrayList<>(List.of(library, "1", Integer.toString(GUESTS)));
        arguments.addAll(List.of(guests.split(" ")));
        HostTools.Result result = HostTools.java(Path.of("."), Twins.class, arguments.toArray(String[]::new));
        String printed = result.printed();
        String last = printed.substring(Math.max(0, printed.length() - 4000));
        assertThat(result.status())
                .as("the process of the guests; it printed last:\n" + last)
                .isZero();
        assertThat(printed).as("it reached its end").endsWith("the same\n");
    }
}

package dev.trapline.firmware.psci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// Every error that DEN0022 lists for a function occurs. The tables are `errors.csv` and `documented-errors.csv`.
class PsciErrorTest {

    @ParameterizedTest(name = "{0} {5}: {6}")
    @CsvFileSource(resources = "/psci/errors.csv", delimiter = ';', numLinesToSkip = 1, nullValues = "null")
    void aDocumentedErrorIsGiven(
            String function,
            String settings,
            String before,
            int caller,
            String registers,
            PsciStatus error,
            String why) {
        PsciMachine machine = PsciMachine.of(split(settings, "\\|"));
        machine.run(before == null ? "" : before.replace(',', ';'));
        PsciState state = machine.state();
        long[] x = Arrays.stream(registers.split(" "))
                .mapToLong(PsciErrorTest::number)
                .toArray();
        Reply<PsciState> reply = machine.call(caller, x);
        assertThat(reply).as("%s: %s, and nothing else", function, why).isEqualTo(Reply.x0(state, error.code()));
    }

    @Test
    void everyErrorOfTheSpecificationIsInTheTableAndNoOther() throws IOException {
        SortedSet<String> documented = new TreeSet<>();
        for (String[] row : rows("/psci/documented-errors.csv")) {
            for (String error : split(row[1], " ")) {
                documented.add(row[0] + " " + error);
            }
        }
        SortedSet<String> provoked = new TreeSet<>();
        for (String[] row : rows("/psci/errors.csv")) {
            provoked.add(row[0] + " " + row[5]);
        }
        assertThat(provoked).isEqualTo(documented);
    }

    @Test
    void everyFunctionHasARowOfDocumentedErrors() throws IOException {
        List<String> named = rows("/psci/documented-errors.csv").stream()
                .map(row -> row[0].replaceFirst("^PSCI_", ""))
                .toList();
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(PsciFunction.values()).map(Enum::name).toList());
    }

    static List<String[]> rows(String resource) throws IOException {
        try (InputStream in = PsciErrorTest.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(resource + " is not there");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(";", -1))
                    .toList();
        }
    }

    static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }

    private static String[] split(String text, String by) {
        return text == null || text.isBlank() ? new String[0] : text.split(by);
    }
}

package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// Every error that DEN0054 lists for a function occurs. The tables are `errors.csv` and `documented-errors.csv`.
class SdeiErrorTest {

    @ParameterizedTest(name = "{1} {2} {3}: {4}")
    @CsvFileSource(resources = "/sdei/errors.csv", delimiter = ';', numLinesToSkip = 1, emptyValue = "")
    void aDocumentedErrorIsGiven(
            @Nullable String before, String function, @Nullable String arguments, SdeiStatus error, String why) {
        SdeiMachine machine = SdeiMachine.allOn(
                4, SdeiMachine.EVENTS + ",40:shared:normal:60", "secure-interrupts=29,70-72", "private-slots=2");
        machine.run(before == null ? "" : before);
        SdeiState state = machine.state();
        long[] x = arguments == null
                ? new long[0]
                : Arrays.stream(arguments.split(" "))
                        .mapToLong(SdeiMachine::number)
                        .toArray();
        Reply<SdeiState> reply = machine.call(0, function, x);
        assertThat(reply.registers().mask())
                .as("errors are returned only in x0")
                .isEqualTo(1);
        assertThat(reply.registers().value(0)).as(why).isEqualTo(error.code());
        if (error != SdeiStatus.PENDING && !function.endsWith("_RESET")) {
            assertThat(reply).as("%s, and nothing else", why).isEqualTo(Reply.x0(state, error.code()));
        }
    }

    @Test
    void everyErrorOfTheSpecificationIsInTheTableAndNoOther() throws IOException {
        NavigableSet<String> documented = new TreeSet<>();
        for (String[] row : rows("/sdei/documented-errors.csv")) {
            if (!row[1].isBlank()) {
                Arrays.stream(row[1].split(" ")).forEach(error -> documented.add(row[0] + " " + error));
            }
        }
        NavigableSet<String> provoked = new TreeSet<>();
        for (String[] row : rows("/sdei/errors.csv")) {
            provoked.add(row[1] + " " + row[3]);
        }
        assertThat(provoked).isEqualTo(documented);
    }

    @Test
    void everyFunctionHasARowOfDocumentedErrors() throws IOException {
        List<String> named =
                rows("/sdei/documented-errors.csv").stream().map(row -> row[0]).toList();
        assertThat(named)
                .as("the functions of DEN0054 §5.1")
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(SdeiFunction.values()).map(Enum::name).toList());
    }

    private static List<String[]> rows(String resource) throws IOException {
        try (InputStream in = SdeiErrorTest.class.getResourceAsStream(resource)) {
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
}

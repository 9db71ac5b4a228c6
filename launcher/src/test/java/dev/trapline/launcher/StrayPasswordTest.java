package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A password on a command line that is wrong, so that it is an argument of its own.
class StrayPasswordTest {

    private static final String PASSWORD = "hunter2";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        run --set record.postgresql.password = hunter2           | takes KEY=VALUE without spaces
        replay --set record.postgresql.password hunter2          | takes KEY=VALUE without spaces
        run --set record.postgresql.password= hunter2 more       | it is not shown
        run a.elf record.postgresql.password=hunter2             | it is not shown
        record.postgresql.password=hunter2                       | it is not shown
        journal record.postgresql.password=hunter2               | it is not shown
        help record.postgresql.password=hunter2                  | it is not shown
        who-wrote a b c record.postgresql.password=hunter2       | it is not shown
        explore a.elf --pasword hunter2                          | it is not shown
        run a.elf --password=hunter2                             | it is not shown
        """)
    void isNotRepeated(String line, String words) {
        for (List<String> format : List.of(List.<String>of(), List.of("--format", "json"))) {
            StringWriter err = new StringWriter();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
            List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
            arguments.addAll(format);
            int status = new Trapline(terminal).execute(arguments);
            assertThat(status).as(err.toString()).isEqualTo(Ending.USAGE);
            assertThat(err + out.toString(StandardCharsets.UTF_8))
                    .contains(words)
                    .doesNotContain(PASSWORD);
        }
    }
}

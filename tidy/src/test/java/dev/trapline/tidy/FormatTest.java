package dev.trapline.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every Java file is as palantir-java-format writes it. With `-Dtidy.fix=true` the files are rewritten instead.
///
/// This is a test and not a Maven plugin, because the formatter needs the JDK that compiles the project, and Maven may
/// run on another one.
class FormatTest {

    private static final String FIX = "mvn -q -pl tidy test -Dtidy.fix=true";

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    @Test
    void everyJavaFileIsFormatted() {
        boolean fix = Boolean.getBoolean("tidy.fix");
        List<String> unformatted = Repository.javaFiles().parallelStream()
                .flatMap(path -> check(path, fix).stream())
                .toList();
        assertThat(unformatted)
                .as("files that are not formatted (first line that differs); run: " + FIX)
                .isEmpty();
    }

    /// Where a file differs from its formatted text, unless that is corrected.
    private List<String> check(Path path, boolean fix) {
        String text = Repository.read(path);
        String formatted = format(path, text);
        if (formatted.equals(text)) {
            return List.of();
        }
        if (fix) {
            Repository.write(path, formatted);
            return List.of();
        }
        return List.of(path + ":" + firstDifference(text, formatted));
    }

    @Test
    void anUnformattedFileIsNoticed() {
        String text = "package p;\n\nclass C {\n  int  x;\n}\n";

        assertThat(firstDifference(text, format(Path.of("C.java"), text)))
                .as("the member is indented by two spaces and must be indented by four")
                .isEqualTo(4);
    }

    @Test
    void aParagraphThatIsTooWideIsFilledAndItsTagsStayApart() {
        String wide = "/// " + "word ".repeat(30).strip();
        String filled = CommentFill.fill(
                wide + "\n/// more\n///\n/// @param x " + "long ".repeat(30).strip() + "\n");

        assertThat(filled.lines())
                .allSatisfy(line -> assertThat(line).startsWith("///").hasSizeLessThanOrEqualTo(CommentFill.WIDTH))
                .contains("///")
                .anySatisfy(line -> assertThat(line).endsWith("word more"))
                .anySatisfy(line -> assertThat(line).startsWith("///     long"));
    }

    private String format(Path path, String text) {
        try {
            return formatter.formatSourceAndFixImports(CommentFill.fill(text));
        } catch (FormatterException e) {
            throw new IllegalStateException(path + " does not parse: " + e.getMessage(), e);
        }
    }

    /// Number of the first line in which two different texts differ, from 1.
    private static int firstDifference(String left, String right) {
        List<String> a = left.lines().toList();
        List<String> b = right.lines().toList();
        int line = 0;
        while (line < a.size() && line < b.size() && a.get(line).equals(b.get(line))) {
            line++;
        }
        return line + 1;
    }
}

package dev.trapline.explore;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads a run's console line by line, for an oracle.
final class ConsoleWatch {

    /// Of a longer line, the rest is not looked at.
    private static final int LONGEST = 4096;

    private final Oracle oracle;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable Finding finding;

    ConsoleWatch(Oracle oracle) {
        this.oracle = oracle;
    }

    void write(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else if (line.size() < LONGEST) {
                line.write(bytes[i]);
            }
        }
    }

    /// The first failure that was printed in a whole line; null if there is none.
    @Nullable
    Finding finding() {
        return finding;
    }

    /// The same, at the end of a run: the last line counts as well.
    @Nullable
    Finding atEnd() {
        endLine();
        return finding;
    }

    private void endLine() {
        if (finding == null && line.size() > 0) {
            finding = oracle.judge(line.toString(StandardCharsets.UTF_8));
        }
        line.reset();
    }
}

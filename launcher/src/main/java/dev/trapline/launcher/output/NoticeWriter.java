package dev.trapline.launcher.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/// Turns each line that is written to it into a JSON document, for programs that read standard error.
final class NoticeWriter extends Writer {

    private static final String PREFIX = "trapline: ";

    private final PrintWriter to;
    private final StringBuilder line = new StringBuilder();

    NoticeWriter(PrintWriter to) {
        this.to = to;
    }

    @Override
    public void write(char[] characters, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            if (characters[at] == '\n') {
                end();
            } else {
                line.append(characters[at]);
            }
        }
    }

    private void end() {
        String text = line.toString().stripTrailing();
        line.setLength(0);
        if (!text.isEmpty()) {
            String message = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
            to.print(JsonObject.document("notice").with("message", message).line());
        }
    }

    @Override
    public void flush() {
        to.flush();
    }

    @Override
    public void close() throws IOException {
        end();
        flush();
    }
}

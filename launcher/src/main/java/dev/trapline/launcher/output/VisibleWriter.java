package dev.trapline.launcher.output;

import dev.trapline.abi.Visible;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/// Makes control characters visible in all text written to it, except line feeds and tabs.
final class VisibleWriter extends FilterWriter {

    VisibleWriter(Writer to) {
        super(to);
    }

    @Override
    public void write(int character) throws IOException {
        out.write(Visible.lines(String.valueOf((char) character)));
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
        out.write(Visible.lines(String.valueOf(characters, offset, length)));
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        out.write(Visible.lines(text.substring(offset, offset + length)));
    }
}

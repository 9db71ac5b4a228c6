package dev.trapline.launcher.output;

import dev.trapline.abi.Visible;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Makes a guest's control characters visible, except those that only move the cursor within or to the next line: line
/// feed, carriage return, tab and backspace. UTF-8 text passes unchanged.
final class VisibleOutput extends OutputStream {

    /// The first byte of a C1 control character in UTF-8.
    private static final int LEAD_OF_C1 = 0xc2;

    private final OutputStream to;
    /// Bytes still missing from the current character.
    private int left;
    /// Whether [#LEAD_OF_C1] is held back until the next byte shows which character it begins.
    private boolean isLeadHeld;

    VisibleOutput(OutputStream to) {
        this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
        int value = b & 0xff;
        boolean continues = (value & 0xc0) == 0x80;
        if (isLeadHeld) {
            isLeadHeld = false;
            if (continues && value < 0xa0) {
                show(value);
                return;
            }
            to.write(LEAD_OF_C1);
            if (continues) {
                to.write(value);
                return;
            }
        }
        if (continues && left > 0) {
            left--;
            to.write(value);
            return;
        }
        left = value >= 0xf0 ? 3 : value >= 0xe0 ? 2 : value >= 0xc3 ? 1 : 0;
        if (value == LEAD_OF_C1) {
            isLeadHeld = true;
        } else if (isShown(value)) {
            show(value);
        } else {
            to.write(value);
        }
    }

    private static boolean isShown(int value) {
        return switch (value) {
            case '\n', '\r', '\t', '\b' -> false;
            default -> value < 0x20 || (value >= 0x7f && value < 0xa0);
        };
    }

    private void show(int value) throws IOException {
        to.write(Visible.escape(value).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void flush() throws IOException {
        to.flush();
    }
}

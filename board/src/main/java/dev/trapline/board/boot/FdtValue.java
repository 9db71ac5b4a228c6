package dev.trapline.board.boot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The bytes of properties (Devicetree Specification 0.4, §2.2.4).
final class FdtValue {

    private FdtValue() {}

    static byte[] cells(List<Integer> cells) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        cells.forEach(cell -> word(value, cell));
        return value.toByteArray();
    }

    static byte[] strings(List<String> texts) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        texts.forEach(text -> text(value, text));
        return value.toByteArray();
    }

    static void word(ByteArrayOutputStream into, int value) {
        into.write(value >>> 24);
        into.write(value >>> 16);
        into.write(value >>> 8);
        into.write(value);
    }

    static void text(ByteArrayOutputStream into, String text) {
        into.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        into.write(0);
    }

    /// Fills the last word with zeros.
    static void pad(ByteArrayOutputStream block) {
        while (block.size() % 4 != 0) {
            block.write(0);
        }
    }
}

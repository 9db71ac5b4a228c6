package dev.trapline.journal.file;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/// Texts as keys and values of an MVStore map, written as the store's own type writes them. Unlike that type, it
/// compares a length with the remaining bytes before it allocates.
public final class TextDataType extends BasicDataType<String> {

    public static final TextDataType INSTANCE = new TextDataType();

    private TextDataType() {}

    @Override
    public int compare(String a, String b) {
        return a.compareTo(b);
    }

    @Override
    public int getMemory(String text) {
        return 24 + 2 * text.length();
    }

    @Override
    public void write(WriteBuffer buffer, String text) {
        int length = text.length();
        buffer.putVarInt(length).putStringData(text, length);
    }

    @Override
    public String read(ByteBuffer buffer) {
        int length = DataUtils.readVarInt(buffer);
        if (length < 0 || length > buffer.remaining()) {
            throw StoredPage.damaged(
                    "a text of " + length + " characters where " + buffer.remaining() + " bytes are left");
        }
        return DataUtils.readString(buffer, length);
    }

    @Override
    public String[] createStorage(int size) {
        return new String[size];
    }
}

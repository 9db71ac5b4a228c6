package dev.trapline.journal.file;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/// Byte strings as values of an MVStore map. Unlike the store's own type, it compares a length with the remaining bytes
/// before it allocates: a flipped bit must not cause an allocation of two gigabytes.
public final class RowDataType extends BasicDataType<byte[]> {

    public static final RowDataType INSTANCE = new RowDataType();

    private RowDataType() {}

    @Override
    public int getMemory(byte[] row) {
        return row.length + 24;
    }

    @Override
    public void write(WriteBuffer buffer, byte[] row) {
        buffer.putVarInt(row.length).put(row);
    }

    @Override
    public byte[] read(ByteBuffer buffer) {
        int length = DataUtils.readVarInt(buffer);
        if (length < 0 || length > buffer.remaining()) {
            throw DataUtils.newMVStoreException(
                    DataUtils.ERROR_FILE_CORRUPT, "a row of {0} bytes where {1} are left", length, buffer.remaining());
        }
        byte[] row = new byte[length];
        buffer.get(row);
        return row;
    }

    @Override
    public byte[][] createStorage(int size) {
        return new byte[size][];
    }
}

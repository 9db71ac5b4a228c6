package dev.trapline.journal.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.trapline.abi.Bytes;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.record.CheckpointKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/// How the store of checkpoints is laid out: a map from slices to the hashes of checkpoints, a map from hashes to
/// values (checkpoints and pages of memory), and a map that says what they are of.
final class CheckpointFile {

    private static final String CHECKPOINTS = "checkpoints";
    private static final String VALUES = "values";
    private static final String ABOUT = "about";

    private static final String FORMAT = "format";
    private static final String RECORDING = "recording";
    private static final String LIBRARY = "library";
    private static final String SERVICES = "services";
    private static final String BYTES = "bytes";
    private static final String WIDENED = "widened";

    private static final int LEVEL = 1;
    /// What is held in memory between two commits of a copy, in bytes.
    private static final long COPY_STEP = 8 << 20;
    private static final int LENGTH_BYTES = 4;
    /// No checkpoint is larger: a hash for each page of 64 GiB.
    private static final int MOST = 1 << 30;

    private CheckpointFile() {}

    static MVMap<Long, String> checkpoints(MVStore store) {
        return store.openMap(
                CHECKPOINTS,
                new MVMap.Builder<Long, String>().keyType(LongDataType.INSTANCE).valueType(StringDataType.INSTANCE));
    }

    static MVMap<String, byte[]> values(MVStore store) {
        return store.openMap(
                VALUES,
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(RowDataType.INSTANCE));
    }

    private static MVMap<String, String> about(MVStore store) {
        return store.openMap(
                ABOUT,
                new MVMap.Builder<String, String>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(StringDataType.INSTANCE));
    }

    /// What the checkpoints are of; null if another version wrote them.
    static @Nullable CheckpointKey key(MVStore store, String format) {
        if (!store.hasMap(ABOUT)) {
            return null;
        }
        MVMap<String, String> about = about(store);
        if (!format.equals(about.get(FORMAT))) {
            return null;
        }
        return new CheckpointKey(
                HexFormat.fromHexDigitsToLong(about.getOrDefault(RECORDING, "0")),
                about.getOrDefault(LIBRARY, ""),
                about.getOrDefault(SERVICES, "").lines().toList());
    }

    static void describe(MVStore store, String format, CheckpointKey key) {
        MVMap<String, String> about = about(store);
        about.put(FORMAT, format);
        about.put(RECORDING, HexFormat.of().toHexDigits(key.recording()));
        about.put(LIBRARY, key.library());
        about.put(SERVICES, String.join("\n", key.services()));
    }

    /// What its values take, in bytes.
    static long bytes(MVStore store) {
        return number(store, BYTES, 0);
    }

    static void setBytes(MVStore store, long bytes) {
        about(store).put(BYTES, Long.toString(bytes));
    }

    /// How often the distance between checkpoints was doubled to keep to the budget.
    static int widened(MVStore store) {
        return (int) Math.min(number(store, WIDENED, 0), Long.SIZE);
    }

    static void setWidened(MVStore store, int times) {
        about(store).put(WIDENED, Integer.toString(times));
    }

    private static long number(MVStore store, String key, long otherwise) {
        String text = store.hasMap(ABOUT) ? about(store).get(key) : null;
        return text != null && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : otherwise;
    }

    /// Copies what there is into another file.
    static void copy(MVStore from, MVStore to) {
        about(to).putAll(about(from));
        checkpoints(to).putAll(checkpoints(from));
        MVMap<String, byte[]> values = values(to);
        long held = 0;
        for (var value : values(from).entrySet()) {
            values.append(value.getKey(), value.getValue());
            held += value.getValue().length;
            if (held >= COPY_STEP) {
                to.commit();
                held = 0;
            }
        }
    }

    /// A value as it is kept: its length, and the content packed.
    static byte[] pack(byte[] content) {
        byte[] packed = Zstd.compress(content, LEVEL);
        byte[] value = new byte[LENGTH_BYTES + packed.length];
        for (int k = 0; k < LENGTH_BYTES; k++) {
            value[k] = (byte) (content.length >>> (8 * k));
        }
        System.arraycopy(packed, 0, value, LENGTH_BYTES, packed.length);
        return value;
    }

    /// The content of a value.
    ///
    /// @param hash that it must have
    /// @throws CodecException if it is not what was kept
    static byte[] unpack(byte @Nullable [] value, String hash) {
        if (value == null || value.length < LENGTH_BYTES) {
            throw new CodecException("a part of it is missing");
        }
        int length = 0;
        for (int k = 0; k < LENGTH_BYTES; k++) {
            length |= (value[k] & 0xff) << (8 * k);
        }
        if (length < 0 || length > MOST) {
            throw new CodecException("a part of it says that it has " + length + " bytes");
        }
        byte[] content;
        try {
            content = Zstd.decompress(Arrays.copyOfRange(value, LENGTH_BYTES, value.length), length);
        } catch (ZstdException e) {
            throw new CodecException("a part of it cannot be unpacked: " + e.getMessage(), e);
        }
        if (!hash.equals(Bytes.copyOf(content).sha256())) {
            throw new CodecException("a part of it is not what was kept");
        }
        return content;
    }

    /// In the order of the slices.
    static List<Long> slices(MVStore store) {
        return store.hasMap(CHECKPOINTS) ? List.copyOf(checkpoints(store).keySet()) : List.of();
    }
}

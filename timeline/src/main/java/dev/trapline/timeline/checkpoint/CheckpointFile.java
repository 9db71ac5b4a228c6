package dev.trapline.timeline.checkpoint;

import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.file.RowDataType;
import dev.trapline.journal.file.TextDataType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;

/// How the store of checkpoints is laid out: a map from slices to the hashes of checkpoints, each with its seal;
/// numbered values (checkpoints and pages of memory) with lists of their hashes; and a map that says what they are of.
final class CheckpointFile {

    private static final String CHECKPOINTS = "checkpoints";
    private static final String VALUES = "values";
    private static final String LISTS = "lists";
    private static final String ABOUT = "about";

    private static final String FORMAT = "format";
    private static final String RECORDING = "recording";
    private static final String LIBRARY = "library";
    private static final String SERVICES = "services";
    private static final String BYTES = "bytes";
    private static final String WIDENED = "widened";

    private CheckpointFile() {}

    /// By slice, what [CheckpointSeal#seal] makes of a checkpoint's hash.
    static MVMap<Long, String> checkpoints(MVStore store) {
        return store.openMap(
                CHECKPOINTS,
                new MVMap.Builder<Long, String>().keyType(LongDataType.INSTANCE).valueType(TextDataType.INSTANCE));
    }

    static MVMap<Long, byte[]> values(MVStore store) {
        return store.openMap(VALUES, rows());
    }

    /// By the number of the first value in it, a list: for each value its hash, 32 bytes, and its length, 4 bytes.
    static MVMap<Long, byte[]> lists(MVStore store) {
        return store.openMap(LISTS, rows());
    }

    private static MVMap.Builder<Long, byte[]> rows() {
        return new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE).valueType(RowDataType.INSTANCE);
    }

    private static MVMap<String, String> about(MVStore store) {
        return store.openMap(
                ABOUT,
                new MVMap.Builder<String, String>()
                        .keyType(TextDataType.INSTANCE)
                        .valueType(TextDataType.INSTANCE));
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

    /// Of what else the checkpoints are than these; null if they are of the same.
    static @Nullable String mismatch(MVStore store, String format, CheckpointKey wanted) {
        CheckpointKey found = key(store, format);
        if (found == null) {
            return "another version of Trapline";
        }
        if (found.recording() != wanted.recording()) {
            return "another recording";
        }
        if (!found.library().equals(wanted.library())) {
            return "another build of the engine's library";
        }
        return found.services().equals(wanted.services()) ? null : "other services";
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
    ///
    /// @param needed hashes of the values that go with it
    static void copy(MVStore from, CheckpointValues values, MVStore to, Set<String> needed) {
        about(to).putAll(about(from));
        try (CheckpointValues copy = new CheckpointValues(to)) {
            values.copyTo(copy, needed);
            setBytes(to, copy.bytes());
        }
        checkpoints(to).putAll(checkpoints(from));
    }

    /// The hash of a checkpoint; null if there is none, or its seal is not right.
    static @Nullable String hash(MVStore store, CheckpointKey key, CheckpointSeal seal, long slice) {
        String sealed = checkpoints(store).get(slice);
        return sealed == null ? null : seal.open(key, slice, sealed);
    }

    /// Whether all checkpoints have the right seal.
    static boolean areSealed(MVStore store, CheckpointKey key, CheckpointSeal seal) {
        return slices(store).stream().allMatch(slice -> hash(store, key, seal, slice) != null);
    }

    /// The hashes of all values that the checkpoints need. Checkpoints of which this cannot be said are taken out.
    static Set<String> needed(MVStore store, CheckpointKey key, CheckpointSeal seal, CheckpointValues from) {
        Set<String> needed = new TreeSet<>();
        MVMap<Long, String> checkpoints = checkpoints(store);
        for (long slice : slices(store)) {
            String hash = hash(store, key, seal, slice);
            try {
                if (hash == null) {
                    throw new CodecException("its seal is not right");
                }
                needed.addAll(
                        CheckpointCodec.decode(from.content(hash, Packing.MOST)).pages());
                needed.add(hash);
            } catch (CodecException e) {
                checkpoints.remove(slice);
            }
        }
        return needed;
    }

    /// In the order of the slices.
    static List<Long> slices(MVStore store) {
        List<Long> slices = new ArrayList<>();
        if (store.hasMap(CHECKPOINTS)) {
            // One by one: to copy them all at once, memory would be taken for as many as the file claims to have.
            checkpoints(store).keySet().forEach(slices::add);
        }
        return List.copyOf(slices);
    }
}

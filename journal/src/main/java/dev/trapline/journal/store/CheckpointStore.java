package dev.trapline.journal.store;

import dev.trapline.abi.Bytes;
import dev.trapline.journal.codec.CheckpointCodec;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.record.CheckpointImage;
import dev.trapline.journal.record.CheckpointKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/// Checkpoints that outlive their process, in `checkpoints/` of a recording's directory. They are a cache: whatever is
/// wrong with them, the recording is read without, and they are made anew.
///
/// ```text
/// rec/checkpoints/store.mv   see CheckpointFile
/// rec/checkpoints/lock       held by the one process that may write; the others read what is there
/// ```
///
/// Pages of memory are kept once for all checkpoints, by the hash of their content. Where all together exceed the
/// budget, every other checkpoint goes, and those to come are twice as far apart.
///
/// May be used by several threads.
public final class CheckpointStore implements AutoCloseable {

    static final String FORMAT = JournalFormat.VERSION + "." + CheckpointCodec.VERSION;

    /// What the key of a value and its place take, about.
    private static final long ENTRY = 80;

    private final Path recording;
    private final Path file;
    private final CheckpointKey key;
    private final long budget;
    private @Nullable CheckpointLock lock;
    /// Nothing is there, and nothing is made before there is something to keep.
    private boolean unmade;
    private final TreeSet<Long> slices = new TreeSet<>();
    private @Nullable MVStore store;
    private @Nullable String notice;
    private long bytes;
    private int widened;
    private boolean hasGaps;

    private CheckpointStore(Path recording, CheckpointKey key, long budget) {
        this.recording = recording;
        this.file = file(recording);
        this.key = key;
        this.budget = budget;
    }

    static Path file(Path recording) {
        return recording.resolve("checkpoints").resolve("store.mv");
    }

    /// Opens what there is, to add to it. Where nothing can be written, or another process adds to it already, what
    /// there is is read, and nothing added.
    ///
    /// @param recording its directory
    /// @param key what the checkpoints must be of
    /// @param budget for all of them, in bytes; 0 to add none
    public static CheckpointStore open(Path recording, CheckpointKey key, long budget) {
        CheckpointStore store = new CheckpointStore(recording, key, budget);
        store.unmade = !Files.exists(file(recording));
        if (!store.unmade) {
            store.open();
        }
        return store;
    }

    private void open() {
        lock = budget == 0 ? null : CheckpointLock.take(file);
        try {
            boolean there = Files.exists(file);
            if (lock != null) {
                store = MvFile.openForRecording(file, file.toAbsolutePath().toString());
            } else if (there) {
                store = MvFile.openToRead(file, Files.size(file));
            }
            MVStore opened = store;
            if (opened == null) {
                return;
            }
            if (there) {
                take(opened);
            } else {
                CheckpointFile.describe(opened, FORMAT, key);
            }
            // WIDE: in bytes that are not its own the store comes upon anything.
        } catch (RuntimeException | IOException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
        }
    }

    private void take(MVStore opened) {
        CheckpointKey found = CheckpointFile.key(opened, FORMAT);
        String mismatch = found == null
                ? "another version of Trapline"
                : found.recording() != key.recording()
                        ? "another recording"
                        : !found.library().equals(key.library())
                                ? "another build of the engine's library"
                                : found.services().equals(key.services()) ? null : "other services";
        if (mismatch != null) {
            giveUp("are of " + mismatch);
            return;
        }
        slices.addAll(CheckpointFile.slices(opened));
        bytes = CheckpointFile.bytes(opened);
        widened = CheckpointFile.widened(opened);
    }

    /// Forgets everything that is there, and begins anew where that can be.
    private void giveUp(String why) {
        if (notice == null) {
            notice = "the checkpoints of " + recording + " " + why + ": they are ignored"
                    + (lock == null ? "" : ", and made anew");
        }
        closeQuietly();
        slices.clear();
        bytes = 0;
        widened = 0;
        if (lock == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
            MVStore fresh = MvFile.openForRecording(file, file.toAbsolutePath().toString());
            CheckpointFile.describe(fresh, FORMAT, key);
            store = fresh;
            // WIDE: a place that cannot be written is one to be read.
        } catch (RuntimeException | IOException e) {
            store = null;
        }
    }

    private void closeQuietly() {
        MVStore open = store;
        store = null;
        if (open != null) {
            open.closeImmediately();
        }
    }

    /// What a person should know: that some or all checkpoints were of no use. Null if all is well.
    public synchronized @Nullable String notice() {
        return notice;
    }

    /// Whether checkpoints can be added.
    public synchronized boolean isWritable() {
        return unmade ? budget > 0 && Files.isWritable(recording) : lock != null && store != null;
    }

    /// The slices that have a checkpoint, in their order.
    public synchronized List<Long> slices() {
        return List.copyOf(slices);
    }

    /// The last slice up to this one that has a checkpoint; null if none has.
    public synchronized @Nullable Long floor(long slice) {
        return slices.floor(slice);
    }

    /// What they take, in bytes.
    public synchronized long bytes() {
        return bytes;
    }

    /// How far apart new checkpoints should be.
    ///
    /// @param wanted without a thought to the budget
    public synchronized long spacing(long wanted) {
        return wanted > Long.MAX_VALUE >> widened ? Long.MAX_VALUE : wanted << widened;
    }

    /// The hash of a checkpoint, as [CheckpointCodec#hash] has it; null if there is none.
    public synchronized @Nullable String hash(long slice) {
        MVStore open = store;
        if (open == null || !slices.contains(slice)) {
            return null;
        }
        try {
            return CheckpointFile.checkpoints(open).get(slice);
        } catch (MVStoreException | IllegalStateException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
            return null;
        }
    }

    /// Reads a checkpoint.
    ///
    /// @return null if there is none, or it is damaged: then it is there no longer
    public synchronized @Nullable StoredCheckpoint read(long slice) {
        MVStore open = store;
        String hash = hash(slice);
        if (open == null || hash == null) {
            slices.remove(slice);
            return null;
        }
        try {
            MVMap<String, byte[]> values = CheckpointFile.values(open);
            CheckpointImage image = CheckpointCodec.decode(whole(values, hash));
            if (image.slice() != slice) {
                throw new CodecException("it is of another slice");
            }
            SortedMap<String, byte[]> pages = new TreeMap<>();
            for (String page : pagesOf(image)) {
                pages.put(page, whole(values, page));
            }
            return new StoredCheckpoint(image, pages);
        } catch (CodecException | IllegalArgumentException e) {
            drop(slice, "the checkpoint at slice " + slice + " is damaged (" + e.getMessage() + ")");
            return null;
        } catch (MVStoreException | IllegalStateException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
            return null;
        }
    }

    /// Takes a checkpoint out that turned out to be of no use.
    ///
    /// @param why a sentence without its end, for [#notice]
    public synchronized void drop(long slice, String why) {
        if (notice == null) {
            notice = why + ": it is ignored" + (lock == null ? "" : ", and made anew");
        }
        slices.remove(slice);
        MVStore open = store;
        if (lock != null && open != null) {
            try {
                CheckpointFile.checkpoints(open).remove(slice);
                hasGaps = true;
                open.commit();
            } catch (MVStoreException | IllegalStateException e) {
                giveUp("cannot be written (" + e.getMessage() + ")");
            }
        }
    }

    // A value that is damaged goes at once: whoever keeps the same content again then writes it again.
    private byte[] whole(MVMap<String, byte[]> values, String hash) {
        byte[] value = values.get(hash);
        try {
            return CheckpointFile.unpack(value, hash);
        } catch (CodecException e) {
            if (lock != null && value != null) {
                values.remove(hash);
                bytes -= value.length + ENTRY;
            }
            throw e;
        }
    }

    private static Set<String> pagesOf(CheckpointImage image) {
        Set<String> hashes = new TreeSet<>(image.ram().values());
        hashes.addAll(image.flash().values());
        return hashes;
    }

    /// Adds a checkpoint. Does nothing where nothing can be written: a cache may be incomplete.
    ///
    /// @param pages content by hash, of all pages that it names
    public synchronized void put(CheckpointImage image, SortedMap<String, byte[]> pages) {
        if (unmade) {
            unmade = false;
            open();
        }
        MVStore open = store;
        if (lock == null || open == null) {
            return;
        }
        try {
            MVMap<String, byte[]> values = CheckpointFile.values(open);
            for (String page : pagesOf(image)) {
                byte[] content = pages.get(page);
                if (content == null) {
                    throw new IllegalArgumentException("a checkpoint names a page that is not given: " + page);
                }
                if (!values.containsKey(page)) {
                    add(values, page, content);
                }
            }
            byte[] body = CheckpointCodec.encode(image);
            String hash = Bytes.copyOf(body).sha256();
            add(values, hash, body);
            CheckpointFile.checkpoints(open).put(image.slice(), hash);
            slices.add(image.slice());
            while (bytes > budget && !slices.isEmpty()) {
                thin(open);
            }
            CheckpointFile.setBytes(open, bytes);
            open.commit();
        } catch (MVStoreException | IllegalStateException e) {
            giveUp("cannot be written (" + e.getMessage() + ")");
        }
    }

    private void add(MVMap<String, byte[]> values, String hash, byte[] content) {
        byte[] value = CheckpointFile.pack(content);
        byte[] before = values.put(hash, value);
        bytes += value.length + ENTRY - (before == null ? 0 : before.length + ENTRY);
    }

    /// Every other one goes: of those at one, two, three, four spacings the first and the third.
    private void thin(MVStore open) {
        MVMap<Long, String> checkpoints = CheckpointFile.checkpoints(open);
        boolean goes = true;
        for (long slice : List.copyOf(slices)) {
            if (goes) {
                checkpoints.remove(slice);
                slices.remove(slice);
            }
            goes = !goes;
        }
        widened++;
        CheckpointFile.setWidened(open, widened);
        keepNeeded(open);
        hasGaps = true;
    }

    private void keepNeeded(MVStore open) {
        MVMap<String, byte[]> values = CheckpointFile.values(open);
        Set<String> needed = new TreeSet<>();
        MVMap<Long, String> checkpoints = CheckpointFile.checkpoints(open);
        for (long slice : List.copyOf(slices)) {
            String hash = checkpoints.get(slice);
            try {
                needed.addAll(pagesOf(CheckpointCodec.decode(whole(values, String.valueOf(hash)))));
                needed.add(String.valueOf(hash));
            } catch (CodecException e) {
                checkpoints.remove(slice);
                slices.remove(slice);
            }
        }
        for (String hash : new ArrayList<>(values.keySet())) {
            if (!needed.contains(hash)) {
                byte[] gone = values.remove(hash);
                bytes -= gone == null ? 0 : gone.length + ENTRY;
            }
        }
    }

    /// Closes it. Where something went, the file is written again without it.
    @Override
    public synchronized void close() {
        MVStore open = store;
        try {
            if (open != null && lock != null && hasGaps) {
                rewrite(open);
            } else if (open != null && lock != null) {
                open.commit();
            }
            // WIDE: nothing that goes wrong with a cache is the end of anything.
        } catch (RuntimeException | IOException e) {
            // What is there is as good as it was, or found to be damaged by whoever reads it next.
            notice = notice == null ? "the checkpoints cannot be written: " + e.getMessage() : notice;
        } finally {
            closeQuietly();
            if (lock != null) {
                lock.close();
            }
        }
    }

    /// Readers keep the file that they have opened; space in a file is never used again under them.
    private void rewrite(MVStore open) throws IOException {
        keepNeeded(open);
        CheckpointFile.setBytes(open, bytes);
        open.commit();
        Path fresh = file.resolveSibling("store.new");
        Files.deleteIfExists(fresh);
        MVStore copy = MvFile.openForRecording(fresh, fresh.toAbsolutePath().toString());
        try {
            CheckpointFile.copy(open, copy);
            copy.commit();
            copy.close();
        } finally {
            copy.closeImmediately();
        }
        closeQuietly();
        Disk.replace(fresh, file);
    }
}

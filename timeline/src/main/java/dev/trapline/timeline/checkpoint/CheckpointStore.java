package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.LinkFreePath;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/// Checkpoints on the disk, in `checkpoints/` of a recording's directory. They are a cache: if anything is wrong with
/// them, the recording is replayed without them, and they are made again.
///
/// ```text
/// rec/checkpoints/store.mv   see CheckpointFile
/// rec/checkpoints/lock       held by the one process that may write; the others only read
/// ```
///
/// Pages of memory are stored once for all checkpoints, by the hash of their content. If the total exceeds the budget,
/// every second checkpoint is deleted, and later ones are twice as far apart.
///
/// May be used by several threads.
public final class CheckpointStore implements AutoCloseable {

    /// Goes up where the layout of the file changes.
    private static final int LAYOUT = 2;

    static final String FORMAT = JournalFormat.VERSION + "." + CheckpointCodec.VERSION + "." + LAYOUT;

    private final Path recording;
    private final LinkFreePath file;
    /// What takes its place while it is written again.
    private final LinkFreePath fresh;
    private final CheckpointKey key;
    private final CheckpointSeal seal;
    private final long budget;
    private @Nullable CheckpointLock lock;
    /// Nothing is there, and nothing is made before there is something to keep.
    private boolean unmade;
    private final TreeSet<Long> slices = new TreeSet<>();
    private @Nullable MVStore store;
    private @Nullable CheckpointValues values;
    private final FirstNotice notice = new FirstNotice();
    private int widened;
    private boolean hasGaps;

    private CheckpointStore(Path recording, CheckpointKey key, CheckpointSeal seal, long budget) {
        this.recording = recording;
        this.file = CheckpointPlace.file(recording);
        this.fresh = CheckpointPlace.fresh(recording);
        this.key = key;
        this.seal = seal;
        this.budget = budget;
    }

    /// Opens the store to read and add checkpoints. If it cannot be written, or another process is adding
    /// checkpoints, existing checkpoints are read, and none are added.
    ///
    /// @param recording its directory
    /// @param key what the checkpoints must be of
    /// @param seal that they must have
    /// @param budget for all of them, in bytes; 0 to add none
    public static CheckpointStore open(Path recording, CheckpointKey key, CheckpointSeal seal, long budget) {
        CheckpointStore store = new CheckpointStore(recording, key, seal, budget);
        String foreign = CheckpointPlace.foreign(recording);
        if (foreign != null) {
            store.notice.note("no checkpoints are used or kept beside " + recording + ": " + foreign);
            return store;
        }
        store.unmade = !Files.exists(store.file.file());
        if (!store.unmade) {
            store.open(budget > 0);
        }
        return store;
    }

    private void open(boolean toWrite) {
        lock = toWrite ? CheckpointLock.take(recording) : null;
        if (!isKeyReady()) {
            return;
        }
        try {
            boolean there = Files.exists(file.file());
            if (lock != null) {
                store = MvFile.openToAdd(file);
            } else if (there) {
                store = MvFile.openToRead(file, Files.size(file.file()));
            }
            MVStore opened = store;
            if (opened == null) {
                return;
            }
            if (there) {
                take(opened);
            } else {
                CheckpointFile.describe(opened, FORMAT, key);
                values = new CheckpointValues(opened);
            }
            // WIDE: in bytes that are not its own the store comes upon anything.
        } catch (RuntimeException | IOException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
        }
    }

    /// Where there is no key, checkpoints are neither used nor kept: they could be anybody's.
    private boolean isKeyReady() {
        try {
            if (lock == null) {
                seal.find();
            } else {
                seal.findOrMake();
            }
            return true;
        } catch (IOException e) {
            abandon("no checkpoints are used or kept beside " + recording + ": the key that seals them, " + seal.file()
                    + ", " + BoundedFile.reason(e) + " (" + CheckpointSeal.VARIABLE + " names another place)");
            return false;
        }
    }

    private void take(MVStore opened) {
        String mismatch = CheckpointFile.mismatch(opened, FORMAT, key);
        if (mismatch != null) {
            giveUp("are of " + mismatch);
            return;
        }
        if (!CheckpointFile.areSealed(opened, key, seal)) {
            giveUp("were not made with your key, " + seal.file());
            return;
        }
        slices.addAll(CheckpointFile.slices(opened));
        values = new CheckpointValues(opened);
        widened = CheckpointFile.widened(opened);
    }

    /// Forgets everything that is there, and begins anew where that can be.
    private void giveUp(String why) {
        notice.note("the checkpoints of " + recording + " " + why + ": they are ignored"
                + (lock == null ? "" : ", and made anew"));
        closeQuietly();
        slices.clear();
        widened = 0;
        if (lock == null) {
            return;
        }
        try {
            Disk.deleteRegular(file.file());
            MVStore anew = MvFile.openToAdd(file);
            CheckpointFile.describe(anew, FORMAT, key);
            values = new CheckpointValues(anew);
            store = anew;
            // WIDE: a place that cannot be written is one to be read.
        } catch (RuntimeException | IOException e) {
            store = null;
        }
    }

    private void closeQuietly() {
        MVStore open = store;
        store = null;
        if (values != null) {
            values.close();
            values = null;
        }
        if (open != null) {
            open.closeImmediately();
        }
    }

    /// What a person should know: that some or all checkpoints were of no use. Null if all is well.
    public synchronized @Nullable String notice() {
        return notice.text();
    }

    /// Takes the notice: each is given out once.
    public synchronized @Nullable String takeNotice() {
        return notice.take();
    }

    /// Whether checkpoints can be added.
    public synchronized boolean isWritable() {
        return unmade ? budget > 0 && CheckpointPlace.isWritable(recording) : lock != null && store != null;
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
        return values == null ? 0 : values.bytes();
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
            // Looked at again: somebody may have changed the file since it was opened.
            return CheckpointFile.hash(open, key, seal, slice);
        } catch (MVStoreException | IllegalStateException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
            return null;
        }
    }

    /// Reads a checkpoint.
    ///
    /// @return null if there is none, or it is damaged: then it is there no longer
    public synchronized @Nullable StoredCheckpoint read(long slice) {
        String hash = hash(slice);
        CheckpointValues from = values;
        if (from == null || hash == null) {
            slices.remove(slice);
            return null;
        }
        try {
            return from.checkpoint(hash, slice);
        } catch (CodecException | IllegalArgumentException e) {
            drop(slice, "the checkpoint at slice " + slice + " is damaged (" + e.getMessage() + ")");
            return null;
        } catch (MVStoreException | IllegalStateException e) {
            giveUp("cannot be read (" + e.getMessage() + ")");
            return null;
        } catch (LinkageError e) {
            abandon("the checkpoints of " + recording + " cannot be unpacked: " + WriteFailure.reason(e));
            return null;
        }
    }

    /// Takes a checkpoint out that turned out to be of no use.
    ///
    /// @param why a sentence without its end, for [#notice]
    public synchronized void drop(long slice, String why) {
        notice.note(why + ": it is ignored" + (lock == null ? "" : ", and made anew"));
        slices.remove(slice);
        MVStore open = store;
        if (lock != null && open != null) {
            try {
                CheckpointFile.checkpoints(open).remove(slice);
                hasGaps = true;
                open.commit();
            } catch (MVStoreException | IllegalStateException e) {
                stopWriting(e);
            }
        }
    }

    /// Adds a checkpoint. Does nothing where nothing can be written: a cache may be incomplete.
    ///
    /// @param pages content by hash, of all pages that it names
    public synchronized void put(CheckpointImage image, SortedMap<String, byte[]> pages) {
        if (unmade) {
            unmade = false;
            open(budget > 0);
        }
        MVStore open = store;
        CheckpointValues into = values;
        if (lock == null || open == null || into == null) {
            return;
        }
        try {
            String hash = into.add(image, pages);
            CheckpointFile.checkpoints(open).put(image.slice(), seal.seal(key, image.slice(), hash));
            slices.add(image.slice());
            CheckpointFile.setBytes(open, into.bytes());
            open.commit();
            if (into.bytes() > budget) {
                thin(open, into);
            } else if (open.getFileStore().size() > budget + budget / 2) {
                // Each commit leaves a little behind that nobody needs any more.
                rewrite(open, into, needed(open, into));
            }
            if (store == null) {
                store = MvFile.openToAdd(file);
                values = new CheckpointValues(store);
            }
            // WIDE: a library that does not load is an error, and no more the end of anything than a disk that is full.
        } catch (MVStoreException | IllegalStateException | IOException | LinkageError e) {
            stopWriting(e);
        }
    }

    /// Every other one goes, until the rest keeps to the budget: of those at one, two, three, four spacings the
    /// first and the third. What they took is given back at once: the budget is about the disk.
    private void thin(MVStore open, CheckpointValues from) throws IOException {
        MVMap<Long, String> checkpoints = CheckpointFile.checkpoints(open);
        Set<String> needed;
        do {
            boolean goes = true;
            for (long slice : List.copyOf(slices)) {
                if (goes) {
                    checkpoints.remove(slice);
                    slices.remove(slice);
                }
                goes = !goes;
            }
            widened++;
            needed = needed(open, from);
        } while (from.bytes(needed) > budget && !slices.isEmpty());
        CheckpointFile.setWidened(open, widened);
        rewrite(open, from, needed);
    }

    private Set<String> needed(MVStore open, CheckpointValues from) {
        Set<String> needed = CheckpointFile.needed(open, key, seal, from);
        slices.retainAll(CheckpointFile.slices(open));
        return needed;
    }

    /// Existing checkpoints stay, and are read; no more are added.
    private void stopWriting(Throwable why) {
        abandon("no more checkpoints are kept beside " + recording + ": " + WriteFailure.reason(why));
        Disk.deleteQuietly(fresh.file());
        open(false);
    }

    private void abandon(String why) {
        notice.note(why);
        closeQuietly();
        slices.clear();
        if (lock != null) {
            lock.close();
            lock = null;
        }
    }

    /// Closes it. Where something went, the file is written again without it.
    @Override
    public synchronized void close() {
        MVStore open = store;
        CheckpointValues from = values;
        try {
            boolean isLarge = open != null && open.getFileStore().size() > budget;
            if (open != null && from != null && lock != null && (hasGaps || isLarge)) {
                rewrite(open, from, needed(open, from));
            } else if (open != null && lock != null) {
                open.commit();
            }
            // WIDE: nothing that goes wrong with a cache is the end of anything.
        } catch (RuntimeException | IOException e) {
            // What was written before stays usable; if it is damaged, the next reader finds out.
            notice.note("the checkpoints cannot be written: " + WriteFailure.reason(e));
            Disk.deleteQuietly(fresh.file());
        } finally {
            closeQuietly();
            if (lock != null) {
                lock.close();
            }
        }
    }

    /// Leaves it closed. Readers keep the file that they have opened; space in a file is never used again under
    /// them.
    private void rewrite(MVStore open, CheckpointValues from, Set<String> needed) throws IOException {
        Disk.deleteRegular(fresh.file());
        MVStore copy = MvFile.openToAdd(fresh);
        try {
            CheckpointFile.copy(open, from, copy, needed);
            copy.commit();
            copy.close();
        } finally {
            copy.closeImmediately();
        }
        closeQuietly();
        Disk.replace(fresh.file(), file.file());
        hasGaps = false;
    }
}

package dev.trapline.journal.file;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WatchedFileStore;

/// A file of the store whose pages are checked before the store reads them. The store allocates as much as a page
/// claims, and goes every way that its pages lead: without the check, a few bytes of a damaged or malicious file would
/// use all memory, or all time.
final class BoundedStore extends WatchedFileStore {

    private final PageCounts counts = new PageCounts();

    private BoundedStore(SortedMap<String, Object> settings) {
        super(settings);
    }

    /// Opens a file.
    ///
    /// @param name the file's name in the store's file systems
    /// @param cacheMib of pages, in MiB
    static MVStore open(String name, boolean readOnly, int cacheMib) {
        SortedMap<String, Object> settings = new TreeMap<>();
        settings.put("cacheSize", cacheMib);
        settings.put("autoCompactFillRate", 0);
        BoundedStore file = new BoundedStore(settings);
        file.openPlain(name, readOnly);
        MVStore.Builder builder = new MVStore.Builder().autoCommitDisabled().autoCompactFillRate(0);
        builder.adoptFileStore(file);
        boolean opened = false;
        try {
            MVStore store = builder.open();
            opened = true;
            return store;
        } catch (AssertionError e) {
            // In a JVM with assertions, assertions of the store notice damage first.
            throw StoredPage.damaged("the list of its chunks contradicts itself");
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    @Override
    protected void checkRange(long position, long length) {
        if (position < 0 || length < 0 || position > size() - length) {
            throw StoredPage.damaged(length + " bytes are to be read at " + position + " of " + size());
        }
    }

    @Override
    protected void checkHeader(ByteBuffer bytes) {
        StoredPage.checkChunkHeader(bytes, size());
    }

    @Override
    protected void checkPage(ByteBuffer bytes, int chunk, int offset) {
        StoredPage.check(bytes, chunk, offset, counts, size());
    }
}

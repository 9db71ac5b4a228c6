package org.h2.mvstore;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// A file of the store that shows what is read of it to a subclass, before the store makes sense of it. The method to
/// override names a type that is hidden outside of this package: that is all that this class is for.
public abstract class WatchedFileStore extends SingleFileStore {

    /// Bytes in a block.
    protected static final int BLOCK = FileStore.BLOCK_SIZE;

    /// @param settings as the store's builder would have them
    protected WatchedFileStore(SortedMap<String, Object> settings) {
        super(settings);
    }

    /// Opens a file that is not encrypted.
    // The store's own classes say nowhere what may be null.
    @SuppressWarnings("NullAway")
    protected final void openPlain(String name, boolean readOnly) {
        open(name, readOnly, (char[]) null);
    }

    @Override
    @SuppressWarnings("NullAway")
    public final ByteBuffer readFully(@Nullable SFChunk chunk, long position, int length) {
        checkRange(position, length);
        if (chunk != null) {
            checkRange(chunk.block * BLOCK, (long) chunk.len * BLOCK);
        }
        ByteBuffer bytes = super.readFully(chunk, position, length);
        if (chunk == null) {
            checkHeader(bytes.duplicate());
        } else {
            checkPage(bytes.duplicate(), chunk.id, (int) (position - chunk.block * BLOCK));
        }
        return bytes;
    }

    /// Called before a read: throws if the file is not that long.
    protected abstract void checkRange(long position, long length);

    /// Called with what stands at the beginning of the file or of a block: throws if it cannot be.
    protected abstract void checkHeader(ByteBuffer bytes);

    /// Called with a page, or with what else is in a chunk: throws if it cannot be.
    ///
    /// @param chunk its number
    /// @param offset where in the chunk it begins
    protected abstract void checkPage(ByteBuffer bytes, int chunk, int offset);
}

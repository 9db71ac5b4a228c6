package dev.trapline.board.memory;

import dev.trapline.abi.Bytes;
import org.jspecify.annotations.Nullable;

/// A page of memory in a [PageStore]. Its content never changes.
final class StoredPage {

    private final long number;
    private final byte[] bytes;
    private @Nullable String hash;

    /// @param number unique in its store
    StoredPage(long number, byte[] bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /// Creates a page that was stored elsewhere by its hash.
    StoredPage(String hash, byte[] bytes) {
        this(-1, bytes);
        this.hash = hash;
    }

    long number() {
        return number;
    }

    byte[] bytes() {
        return bytes;
    }

    /// The SHA-256 of the content. Computed once.
    String hash() {
        String known = hash;
        if (known == null) {
            known = Bytes.copyOf(bytes).sha256();
            hash = known;
        }
        return known;
    }
}

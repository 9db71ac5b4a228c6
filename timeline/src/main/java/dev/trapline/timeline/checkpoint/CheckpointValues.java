package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.Bytes;
import dev.trapline.journal.codec.CodecException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/// The values of a store of checkpoints, each once, by the hash of its content.
///
/// In the file they are numbered in the order in which they came, and a list of hashes for each group that came
/// together says which is which. So what is added is written behind all that is there. In the order of their hashes
/// each would have its neighbours written again: three times the room.
final class CheckpointValues implements AutoCloseable {

    /// What the key of a value and its place take, about.
    private static final long ENTRY = 80;

    private static final int HASH_BYTES = 32;
    private static final int LISTED_BYTES = HASH_BYTES + Integer.BYTES;
    private static final HexFormat HEX = HexFormat.of();
    private static final String GONE = "00".repeat(HASH_BYTES);

    /// What is held in memory between two commits, in bytes.
    private static final long STEP = 8 << 20;

    /// @param length of the value as it is kept, in bytes
    private record Place(long number, int length) {
        long bytes() {
            return length + ENTRY;
        }
    }

    private final MVStore store;
    private final Packing packing = new Packing();
    private final MVMap<Long, byte[]> values;
    private final MVMap<Long, byte[]> lists;
    private final TreeMap<String, Place> known = new TreeMap<>();
    /// Hashes and lengths of the values that are in no list yet.
    private final List<String> added = new ArrayList<>();

    private long next;
    private long bytes;
    private long uncommitted;

    /// @throws CodecException if a list is none
    CheckpointValues(MVStore store) {
        this.store = store;
        values = CheckpointFile.values(store);
        lists = CheckpointFile.lists(store);
        for (Map.Entry<Long, byte[]> list : lists.entrySet()) {
            read(list.getKey(), list.getValue());
        }
        // Behind the last list may be values that a killed process had no time to list.
        Long last = values.lastKey();
        next = Math.max(next, last == null ? 0 : last + 1);
    }

    private void read(long first, byte[] list) {
        if (list.length % LISTED_BYTES != 0) {
            throw new CodecException("a list of hashes has " + list.length + " bytes");
        }
        next = first;
        for (int at = 0; at < list.length; at += LISTED_BYTES) {
            String hash = HEX.formatHex(list, at, at + HASH_BYTES);
            int length = ByteBuffer.wrap(list).getInt(at + HASH_BYTES);
            if (!hash.equals(GONE)) {
                know(hash, new Place(next, length));
            }
            next++;
        }
    }

    private void know(String hash, Place place) {
        Place before = known.put(hash, place);
        bytes += place.bytes() - (before == null ? 0 : before.bytes());
    }

    /// What they take, in bytes.
    long bytes() {
        return bytes;
    }

    /// What these of them take, in bytes.
    long bytes(Set<String> hashes) {
        long sum = 0;
        for (String hash : hashes) {
            Place place = known.get(hash);
            sum += place == null ? 0 : place.bytes();
        }
        return sum;
    }

    /// Adds a value, if it is not there yet. It counts when it is listed: see [#list].
    void add(String hash, byte[] content) {
        if (!known.containsKey(hash)) {
            append(hash, packing.pack(content));
        }
    }

    /// Adds a checkpoint with its pages, and lists them.
    ///
    /// @param pages content by hash, of all pages that it names
    /// @return its hash
    String add(CheckpointImage image, SortedMap<String, byte[]> pages) {
        for (String page : image.pages()) {
            byte[] content = pages.get(page);
            if (content == null) {
                throw new IllegalArgumentException("a checkpoint names a page that is not given: " + page);
            }
            add(page, content);
        }
        byte[] body = CheckpointCodec.encode(image);
        String hash = Bytes.copyOf(body).sha256();
        add(hash, body);
        list();
        return hash;
    }

    private void append(String hash, byte[] value) {
        values.append(next, value);
        know(hash, new Place(next, value.length));
        added.add(hash);
        next++;
        uncommitted += value.length;
        if (uncommitted >= STEP) {
            list();
            store.commit();
            uncommitted = 0;
        }
    }

    /// Lists what was added since it was called last.
    void list() {
        if (added.isEmpty()) {
            return;
        }
        ByteBuffer list = ByteBuffer.allocate(added.size() * LISTED_BYTES);
        for (String hash : added) {
            Place place = known.get(hash);
            list.put(HEX.parseHex(hash)).putInt(place == null ? 0 : place.length());
        }
        lists.append(next - added.size(), list.array());
        added.clear();
    }

    /// The content of a value. If it is damaged it goes at once, where that can be written: everyone who has the
    /// same content again then adds it again.
    ///
    /// @param most bytes that the content may have
    /// @throws CodecException if it is not there, or not what was kept
    byte[] content(String hash, int most) {
        Place place = known.get(hash);
        try {
            return packing.unpack(place == null ? null : values.get(place.number()), hash, most);
        } catch (CodecException e) {
            if (!store.isReadOnly()) {
                forget(hash);
            }
            throw e;
        }
    }

    /// A checkpoint with its pages.
    ///
    /// @param slice that it must be at
    /// @throws CodecException if a part of it is not there, or it is not what was kept
    StoredCheckpoint checkpoint(String hash, long slice) {
        CheckpointImage image = CheckpointCodec.decode(content(hash, Packing.MOST));
        if (image.slice() != slice) {
            throw new CodecException("it is of another slice");
        }
        SortedMap<String, byte[]> pages = new TreeMap<>();
        for (String page : inOrder(image.pages())) {
            pages.put(page, content(page, Packing.PAGE));
        }
        return new StoredCheckpoint(image, pages);
    }

    /// Hashes in the order in which their values lie there: that is how to read them. Those that are not there come
    /// first.
    List<String> inOrder(Set<String> hashes) {
        List<String> ordered = new ArrayList<>();
        TreeMap<Long, String> there = new TreeMap<>();
        for (String hash : hashes) {
            Place place = known.get(hash);
            if (place == null) {
                ordered.add(hash);
            } else {
                there.put(place.number(), hash);
            }
        }
        ordered.addAll(there.values());
        return ordered;
    }

    private void forget(String hash) {
        Place place = known.remove(hash);
        if (place == null) {
            return;
        }
        bytes -= place.bytes();
        values.remove(place.number());
        Long first = lists.floorKey(place.number());
        byte[] list = first == null ? null : lists.get(first);
        if (first != null && list != null) {
            byte[] without = list.clone();
            int at = Math.toIntExact(place.number() - first) * LISTED_BYTES;
            System.arraycopy(HEX.parseHex(GONE), 0, without, at, HASH_BYTES);
            lists.put(first, without);
        }
    }

    /// Copies some of them.
    void copyTo(CheckpointValues copy, Set<String> hashes) {
        for (String hash : inOrder(hashes)) {
            Place place = known.get(hash);
            byte[] value = place == null ? null : values.get(place.number());
            if (value != null) {
                copy.append(hash, value);
            }
        }
        copy.list();
    }

    /// Gives back what the library holds that packs them. The file stays open.
    @Override
    public void close() {
        packing.close();
    }
}

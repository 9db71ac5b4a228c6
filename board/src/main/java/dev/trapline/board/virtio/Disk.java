package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.TreeMap;

/// Sectors of 512 bytes: those of an image that never changes, and over it those that were written. Only the written
/// ones are saved, in ascending order; saving costs some time for each of them.
final class Disk implements Snapshot {

    static final int SECTOR = 512;

    private final Bytes image;
    private final int sectors;
    private final TreeMap<Integer, byte[]> written = new TreeMap<>();

    /// @param image its content. If it ends within a sector, the rest of the sector is zero
    Disk(Bytes image) {
        this.image = image;
        this.sectors = image.size() / SECTOR + (image.size() % SECTOR == 0 ? 0 : 1);
    }

    /// The number of sectors.
    int sectors() {
        return sectors;
    }

    /// Whether sectors exist.
    ///
    /// @param first any number
    /// @param count 0 or more
    boolean contains(long first, long count) {
        return first >= 0 && count <= sectors && first <= sectors - count;
    }

    /// Reads whole sectors, which must exist.
    void read(int first, byte[] into, int count) {
        for (int k = 0; k < count; k++) {
            byte[] sector = written.get(first + k);
            if (sector == null) {
                fromImage(first + k, into, k * SECTOR);
            } else {
                System.arraycopy(sector, 0, into, k * SECTOR, SECTOR);
            }
        }
    }

    private void fromImage(int sector, byte[] into, int at) {
        int from = sector * SECTOR;
        int there = Math.min(SECTOR, image.size() - from);
        image.copyTo(from, into, at, there);
        for (int k = there; k < SECTOR; k++) {
            into[at + k] = 0;
        }
    }

    /// Writes whole sectors, which must exist.
    void write(int first, byte[] from, int count) {
        for (int k = 0; k < count; k++) {
            byte[] sector = written.computeIfAbsent(first + k, _ -> new byte[SECTOR]);
            System.arraycopy(from, k * SECTOR, sector, 0, SECTOR);
        }
    }

    @Override
    public void save(StateWriter state) {
        state.putCount(written.size());
        written.forEach((sector, content) -> {
            state.put(sector, Integer.BYTES);
            state.put(content);
        });
    }

    @Override
    public void load(StateReader state) {
        written.clear();
        int count = state.takeCount(Integer.BYTES + SECTOR);
        int least = 0;
        for (int k = 0; k < count; k++) {
            int sector = (int) state.take(Integer.BYTES);
            if (sector < least || sector >= sectors) {
                throw new StateDamagedException(
                        "a written sector is " + sector + ", but " + least + " to " + (sectors - 1) + " can follow");
            }
            byte[] content = new byte[SECTOR];
            state.take(content);
            written.put(sector, content);
            least = sector + 1;
        }
    }
}

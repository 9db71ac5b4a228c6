package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A disk (VIRTIO 1.2 §5.2) of sectors of 512 bytes. It keeps what the guest writes, over an image that never changes.
///
/// A request is complete, and written sectors are safe, when its notification ends. So a flush has nothing to do.
public final class VirtioBlock implements VirtioFunction {

    /// The length of its name for the guest, in bytes (§5.2.6).
    public static final int ID_LENGTH = 20;

    private static final int ID = 2;
    private static final int QUEUE_SIZE = 128;

    private static final long SEG_MAX = 1 << 2;
    private static final long RO = 1 << 5;
    private static final long BLK_SIZE = 1 << 6;
    private static final long FLUSH = 1 << 9;

    private static final int CONFIG_SIZE = 24;
    private static final int CONFIG_SEG_MAX = 12;
    private static final int CONFIG_BLK_SIZE = 20;

    /// A chain has a header and a status besides the data.
    private static final int OTHER_SEGMENTS = 2;

    private static final int HEADER = 16;
    private static final int HEADER_SECTOR = 8;
    private static final int STATUS = 1;

    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int SYNC = 4;
    private static final int GET_ID = 8;

    private static final byte OK = 0;
    private static final byte IO_ERROR = 1;
    private static final byte UNSUPPORTED = 2;

    private static final int STEP_SECTORS = 128;
    private static final byte[] ZEROS = new byte[STEP_SECTORS * Disk.SECTOR];

    private final Disk disk;
    private final DiskDefects defects = new DiskDefects();
    private final byte[] id;
    private final boolean readOnly;
    private final byte[] buffer = new byte[STEP_SECTORS * Disk.SECTOR];

    private VirtioBlock(Bytes image, String id, boolean readOnly) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        if (name.length > ID_LENGTH) {
            throw new IllegalArgumentException(
                    "the name of a disk has at most " + ID_LENGTH + " bytes, not " + name.length + ": " + id);
        }
        this.disk = new Disk(image);
        this.id = Arrays.copyOf(name, ID_LENGTH);
        this.readOnly = readOnly;
    }

    /// A disk that a guest can write.
    ///
    /// @param image its content at the start. If it ends within a sector, the rest of the sector is zero
    /// @param id its name for the guest, at most [#ID_LENGTH] bytes in UTF-8
    /// @throws IllegalArgumentException if the name is longer
    public static VirtioBlock writable(Bytes image, String id) {
        return new VirtioBlock(image, id, false);
    }

    /// A disk that a guest can only read. The parameters are those of [#writable].
    ///
    /// @throws IllegalArgumentException if the name is longer
    public static VirtioBlock readOnly(Bytes image, String id) {
        return new VirtioBlock(image, id, true);
    }

    /// What is wrong with it. No part of its own state: the board saves that.
    public DiskDefects defects() {
        return defects;
    }

    @Override
    public String name() {
        return "virtio-block";
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public long features() {
        return SEG_MAX | BLK_SIZE | FLUSH | (readOnly ? RO : 0);
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public int queueSize() {
        return QUEUE_SIZE;
    }

    /// The capacity in sectors, the largest number of segments in a request, and the size of a block (§5.2.4).
    @Override
    public Bytes config() {
        byte[] config = new byte[CONFIG_SIZE];
        LittleEndian.putDoubleWord(config, 0, disk.sectors());
        LittleEndian.putWord(config, CONFIG_SEG_MAX, QUEUE_SIZE - OTHER_SEGMENTS);
        LittleEndian.putWord(config, CONFIG_BLK_SIZE, Disk.SECTOR);
        return Bytes.copyOf(config);
    }

    @Override
    public void handle(int index, VirtQueue queue) throws QueueFault {
        for (Chain chain = queue.take(); chain != null; chain = queue.take()) {
            serve(chain);
            queue.give(chain);
        }
    }

    /// A request is a header, data, and a status, which is the last byte (§5.2.6).
    private void serve(Chain chain) throws QueueFault {
        if (chain.writableLeft() < STATUS) {
            throw new QueueFault("a request to the disk has no room for its status");
        }
        chain.read(buffer, 0, HEADER);
        int type = LittleEndian.word(buffer, 0);
        long sector = LittleEndian.doubleWord(buffer, HEADER_SECTOR);
        byte status = switch (type) {
            case IN -> read(chain, sector);
            case OUT -> write(chain, sector);
            case SYNC -> OK;
            case GET_ID -> tellId(chain);
            default -> UNSUPPORTED;
        };
        // The status follows data that the device did not write otherwise.
        while (chain.writableLeft() > STATUS) {
            chain.write(ZEROS, 0, (int) Math.min(ZEROS.length, chain.writableLeft() - STATUS));
        }
        chain.write(new byte[] {status}, 0, STATUS);
    }

    private byte read(Chain chain, long first) throws QueueFault {
        long bytes = chain.writableLeft() - STATUS;
        if (!areSectors(first, bytes)) {
            return IO_ERROR;
        }
        if (defects.ofReads()) {
            defects.failRead();
            return IO_ERROR;
        }
        int sector = (int) first;
        for (long left = bytes / Disk.SECTOR; left > 0; ) {
            int step = (int) Math.min(STEP_SECTORS, left);
            disk.read(sector, buffer, step);
            chain.write(buffer, 0, step * Disk.SECTOR);
            sector += step;
            left -= step;
        }
        return OK;
    }

    private byte write(Chain chain, long first) throws QueueFault {
        long bytes = chain.readableLeft();
        if (readOnly || !areSectors(first, bytes)) {
            return IO_ERROR;
        }
        if (!defects.ofWrites()) {
            return store(chain, (int) first, bytes);
        }
        return switch (defects.failWrite()) {
            case WRITE_TORN -> store(chain, (int) first, bytes / 2);
            case WRITE_LOST -> OK;
            case WRITE_FAILS, READ_FAILS -> IO_ERROR;
        };
    }

    /// Stores bytes. Of a sector that is not whole, the rest stays as it was.
    private byte store(Chain chain, int first, long bytes) throws QueueFault {
        int sector = first;
        for (long left = bytes; left > 0; ) {
            int step = (int) Math.min(STEP_SECTORS * Disk.SECTOR, left);
            int sectors = (step + Disk.SECTOR - 1) / Disk.SECTOR;
            if (step % Disk.SECTOR != 0) {
                disk.read(sector, buffer, sectors);
            }
            chain.read(buffer, 0, step);
            disk.write(sector, buffer, sectors);
            sector += sectors;
            left -= step;
        }
        return OK;
    }

    private boolean areSectors(long first, long bytes) {
        return bytes % Disk.SECTOR == 0 && disk.contains(first, bytes / Disk.SECTOR);
    }

    private byte tellId(Chain chain) throws QueueFault {
        chain.write(id, 0, (int) Math.min(ID_LENGTH, chain.writableLeft() - STATUS));
        return OK;
    }

    @Override
    public void save(StateWriter state) {
        disk.save(state);
    }

    @Override
    public void load(StateReader state) {
        disk.load(state);
    }
}

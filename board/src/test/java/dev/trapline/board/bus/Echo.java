package dev.trapline.board.bus;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/// A device for tests: it records each access, and answers a read with the offset and the size.
public final class Echo implements Device {

    private final String name;
    private final long size;

    /// Each access, as in `read 4 2`.
    public final List<String> seen = new ArrayList<>();

    public Echo(String name, long size) {
        this.name = name;
        this.size = size;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long read(long offset, int bytes) {
        seen.add("read " + offset + " " + bytes);
        return offset << 8 | bytes;
    }

    @Override
    public void write(long offset, int bytes, long value) {
        seen.add("write " + offset + " " + bytes + " " + value);
    }

    @Override
    public void reset() {
        seen.clear();
    }

    @Override
    public void save(StateWriter state) {}

    @Override
    public void load(StateReader state) {}
}

package dev.trapline.board.virtio;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Fills each request with its number: the first with ones.
final class CountedBytes implements EntropyBytes {

    /// The number of bytes of each request.
    final List<Integer> asked = new ArrayList<>();

    @Override
    public void fill(byte[] bytes) {
        asked.add(bytes.length);
        Arrays.fill(bytes, (byte) asked.size());
    }

    @Override
    public void save(StateWriter state) {
        state.put(asked.size());
    }

    @Override
    public void load(StateReader state) {
        asked.clear();
        for (int left = state.takeInt(); left > 0; left--) {
            asked.add(0);
        }
    }
}

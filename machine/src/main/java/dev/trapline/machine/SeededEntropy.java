package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.machine.schedule.SplitMix64;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Entropy that follows from the machine's seed, so that a run can be had again without its recording. No secret is
/// safe with it.
public final class SeededEntropy implements EntropySource {

    /// Keeps the stream apart from the schedule's, which starts from the same seed.
    private static final long STREAM = 0x656e_7472_6f70_7931L;

    private final SplitMix64 generator;

    public SeededEntropy(long seed) {
        generator = new SplitMix64(seed ^ STREAM);
    }

    @Override
    public void passOver(int bytes) {
        draw(bytes);
    }

    @Override
    public Bytes draw(int bytes) {
        int words = (bytes + Long.BYTES - 1) / Long.BYTES;
        ByteBuffer drawn = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < words; word++) {
            drawn.putLong(generator.next());
        }
        return Bytes.copyOf(drawn.array(), 0, bytes);
    }
}

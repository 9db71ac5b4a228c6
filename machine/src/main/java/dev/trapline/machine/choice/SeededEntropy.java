package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.firmware.EntropySource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Entropy from the machine's seed and the name of the request, so that a run can be repeated without its recording. It
/// is not suitable for secrets.
///
/// @param seed the machine's
public record SeededEntropy(long seed) implements EntropySource {

    /// Name and version, for recordings. Every change of a byte needs a new version.
    public static final String NAME = "seeded-entropy/2";

    /// Keeps the stream apart from the schedule's, which starts from the same seed.
    private static final long STREAM = 0x656e_7472_6f70_7931L;

    @Override
    public Bytes draw(EntropyKey asked, int bytes) {
        long service = Digest64.of(asked.service());
        SplitMix64 draws = SplitMix64.of(seed ^ STREAM, service, asked.nth());
        int words = (bytes + Long.BYTES - 1) / Long.BYTES;
        ByteBuffer drawn = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < words; word++) {
            drawn.putLong(draws.next());
        }
        return Bytes.copyOf(drawn.array(), 0, bytes);
    }
}

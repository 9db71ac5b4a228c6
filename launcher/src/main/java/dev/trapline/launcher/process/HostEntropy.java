package dev.trapline.launcher.process;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.firmware.EntropySource;
import java.security.SecureRandom;

/// The operating system's entropy.
public final class HostEntropy implements EntropySource {

    private final SecureRandom random = new SecureRandom();

    @Override
    public Bytes draw(EntropyKey asked, int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return Bytes.copyOf(drawn);
    }
}

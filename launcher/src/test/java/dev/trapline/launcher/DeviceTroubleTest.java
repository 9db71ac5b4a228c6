package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A device that waits for a reset, because the guest used it wrongly.
class DeviceTroubleTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /// Sets DRIVER_OK of the disk without FEATURES_OK (VirtIO 1.2 §3.1.1), and turns the machine off.
    private static final int[] WRONG_DRIVER = {
        0xd2a1_4001, // mov x1, #0xa000000
        0x5280_0022, // mov w2, #1
        0xb900_7022, // str w2, [x1, #0x70]
        0x5280_0062, // mov w2, #3
        0xb900_7022, // str w2, [x1, #0x70]
        0x5280_00e2, // mov w2, #7
        0xb900_7022, // str w2, [x1, #0x70]
        0x5280_0100, // mov w0, #8
        0x72b0_8000, // movk w0, #0x8400, lsl #16
        0xd400_0002, // hvc #0
    };

    @Test
    void itsReasonIsShownAtTheEndOfTheRunAndIsInTheResult() throws IOException {
        ByteBuffer code =
                ByteBuffer.allocate(WRONG_DRIVER.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        code.asIntBuffer().put(WRONG_DRIVER);
        Path guest = Files.write(directory.resolve("guest.bin"), code.array());
        Path disk = Files.write(directory.resolve("disk"), new byte[512]);
        Path result = directory.resolve("result.json");
        Ended ended = run(
                "run",
                "--board",
                "virt",
                "--disk",
                disk.toString(),
                "--result",
                result.toString(),
                "--load-address",
                "0x40080000",
                guest.toString());
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("the guest has to reset a device", "virtio-block", "FEATURES_OK");
        assertThat(Files.readString(result)).contains("\"deviceTroubles\":[\"virtio-block: ", "FEATURES_OK");
    }
}

package dev.trapline.benchmarks;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The guests that are measured. Each ends with SYSTEM_OFF.
enum Guest {
    /// A million hypercalls and next to nothing else.
    HYPERCALL_LOOP("hypercall-loop.elf"),
    /// A million SDEI events that the guest signals to itself, each handled by next to nothing.
    EVENT_LOOP("event-loop.elf"),
    /// Arithmetic and memory, ten instructions a loop.
    COMPUTE("compute.elf"),
    /// The worst case for an instruction budget: a loop of two instructions.
    TIGHT_LOOP(null);

    /// Calls that [#HYPERCALL_LOOP] makes before its last one.
    static final int HYPERCALLS = 1_000_000;
    /// Events of [#EVENT_LOOP]: two calls each.
    static final int EVENTS = 1_000_000;
    /// Instructions of [#COMPUTE], but for some hundreds.
    static final int COMPUTE_INSTRUCTIONS = 400_000_000;
    /// Instructions of [#TIGHT_LOOP], but for some.
    static final int TIGHT_INSTRUCTIONS = 2 * (1526 << 16);

    private static final long ENTRY = 0x4008_0000L;

    private final @Nullable String file;

    Guest(@Nullable String file) {
        this.file = file;
    }

    /// The image, as a machine takes it.
    Image image() {
        if (file == null) {
            return tightLoop(TIGHT_INSTRUCTIONS);
        }
        Path path = Path.of("guests", file);
        try {
            return new Image(Image.Kind.ELF, file, 0, Bytes.copyOf(Files.readAllBytes(path)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": start in the root of the repository", e);
        }
    }

    /// A loop of two instructions that takes about so many of them altogether, and at least that.
    static Image tightLoop(long instructions) {
        int times = Math.toIntExact((instructions / 2) >>> 16) + (instructions % (2 << 16) == 0 ? 0 : 1);
        if (times > 0xffff) {
            return new Image(Image.Kind.RAW, "tight-loop", ENTRY, loop(times >>> 16, times & 0xffff));
        }
        return new Image(Image.Kind.RAW, "tight-loop", ENTRY, loop(0, times));
    }

    private static Bytes loop(int high, int middle) {
        int[] words = {
            movz(1, middle, 1),
            0xf2c0_0001 | (high << 5), // movk x1, #high, lsl #32
            0xf100_0421, // subs x1, x1, #1
            0x54ff_ffe1, // b.ne to the one before
            movz(0, 0x8400, 1),
            0xf280_0100, // movk x0, #8: PSCI SYSTEM_OFF
            0xd400_0002, // hvc #0
        };
        return code(words);
    }

    /// Instructions as they lie in memory.
    static Bytes code(int... words) {
        ByteBuffer code = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            code.putInt(word);
        }
        return Bytes.copyOf(code.array());
    }

    /// `movz x<register>, #value, lsl #(16 * half)`.
    private static int movz(int register, int value, int half) {
        return 0xd280_0000 | (half << 21) | (value << 5) | register;
    }
}

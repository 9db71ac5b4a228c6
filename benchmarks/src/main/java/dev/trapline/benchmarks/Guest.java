package dev.trapline.benchmarks;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.machine.Image;
import dev.trapline.testkit.Assembler;
import dev.trapline.testkit.Guests;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// The guests that are measured. Each ends with SYSTEM_OFF.
enum Guest {
    /// A million hypercalls and almost nothing else.
    HYPERCALL_LOOP("hypercall-loop.elf"),
    /// A million SDEI events that the guest signals to itself, with an almost empty handler.
    EVENT_LOOP("event-loop.elf"),
    /// Arithmetic and memory accesses, ten instructions in each loop.
    COMPUTE("compute.elf"),
    /// The worst case for an instruction budget: a loop of two instructions.
    TIGHT_LOOP(null);

    /// The number of calls that [#HYPERCALL_LOOP] makes before its last one.
    static final int HYPERCALLS = 1_000_000;
    /// The number of events of [#EVENT_LOOP], with two calls each.
    static final int EVENTS = 1_000_000;
    /// The number of instructions of [#COMPUTE], without some hundreds.
    static final int COMPUTE_INSTRUCTIONS = 400_000_000;
    /// The number of instructions of [#TIGHT_LOOP], without a few.
    static final int TIGHT_INSTRUCTIONS = 2 * (1526 << 16);

    private final @Nullable String file;

    Guest(@Nullable String file) {
        this.file = file;
    }

    /// The image for a machine.
    Image image() {
        if (file == null) {
            return tightLoop(TIGHT_INSTRUCTIONS);
        }
        try {
            return Guests.image(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + " in " + Guests.DIRECTORY, e);
        }
    }

    /// A loop of two instructions that executes about this many instructions in total, and not fewer.
    static Image tightLoop(long instructions) {
        int times = Math.toIntExact((instructions / 2) >>> 16) + (instructions % (2 << 16) == 0 ? 0 : 1);
        return Assembler.image("tight-loop", ExecutionState.A64, """
                movz x1, #%d, lsl #16
                movk x1, #%d, lsl #32
            loop:
                subs x1, x1, #1
                b.ne loop
                movz x0, #0x8400, lsl #16
                movk x0, #8             // PSCI SYSTEM_OFF
                hvc #0
            """.formatted(times & 0xffff, times >>> 16));
    }
}

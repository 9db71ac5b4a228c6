package dev.trapline.benchmarks;

import java.util.Locale;

/// The kernels of `guests/kernels.elf`: each keeps a vCPU busy in a way of its own. QEMU takes up to a second
/// for the rounds.
enum Kernel {
    BRANCHES(12_000),
    CALLS(10_000),
    CHECKSUM(8_000),
    COMPUTE(200_000_000),
    CROSSING(50_000_000),
    FLOATING(1_000_000),
    LISTS(200_000),
    MATRIX(4_000),
    PATCHING(150_000),
    SIEVE(3_000),
    SORTING(2_000),
    STORES(40_000),
    STRINGS(300_000);

    private final long rounds;

    Kernel(long rounds) {
        this.rounds = rounds;
    }

    /// What the guest is to be told, so that it runs this kernel once and ends.
    String line(boolean mmu) {
        return line(guestName(), mmu, rounds);
    }

    /// The name that the guest knows it by.
    String guestName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What the guest is to be told, so that it makes so many calls of PSCI_VERSION and ends. They compare
    /// firmware, not engines.
    static String hypercalls(long calls) {
        return line("hypercalls", false, calls);
    }

    private static String line(String name, boolean mmu, long rounds) {
        return "%s %s %d\nq\n".formatted(name, mmu ? "on" : "off", rounds);
    }
}

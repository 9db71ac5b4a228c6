package dev.trapline.benchmarks;

import java.util.Locale;

/// The kernels of `guests/kernels.elf`: each keeps a vCPU busy with a different kind of work. QEMU takes about two
/// seconds for the rounds, so the start of a process matters little.
enum Kernel {
    BRANCHES(3_000_000),
    CALLS(330_000),
    CHECKSUM(100_000),
    COMPUTE(600_000_000),
    CROSSING(100_000_000),
    FLOATING(3_000_000),
    LISTS(400_000),
    MATRIX(12_000),
    PATCHING(300_000),
    SIEVE(9_000),
    SORTING(7_000),
    STORES(800_000),
    STRINGS(2_400_000);

    private final long rounds;

    Kernel(long rounds) {
        this.rounds = rounds;
    }

    /// The input with which the guest runs this kernel once and ends.
    String line(boolean mmu) {
        return line(guestName(), mmu, rounds);
    }

    /// The guest's name for it.
    String guestName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The input with which the guest runs 2 · 10^9 instructions of [#COMPUTE] and ends.
    static String compute() {
        return line(COMPUTE.guestName(), false, 200_000_000);
    }

    /// The input with which the guest makes a number of PSCI_VERSION calls and ends. They compare firmware, not
    /// engines.
    static String hypercalls(long calls) {
        return line("hypercalls", false, calls);
    }

    private static String line(String name, boolean mmu, long rounds) {
        return "%s %s %d\nq\n".formatted(name, mmu ? "on" : "off", rounds);
    }
}

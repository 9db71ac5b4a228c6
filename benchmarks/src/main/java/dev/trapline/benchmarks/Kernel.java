package dev.trapline.benchmarks;

import java.util.Locale;

/// The kernels of `guests/kernels.elf`: each keeps a vCPU busy in a way of its own. QEMU takes about two seconds for
/// the rounds: what a process takes to start counts little.
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

    /// What the guest is to be told, so that it runs this kernel once and ends.
    String line(boolean mmu) {
        return line(guestName(), mmu, rounds);
    }

    /// The name that the guest knows it by.
    String guestName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What the guest is to be told, so that it runs 2 · 10^9 instructions of [#COMPUTE] and ends.
    static String compute() {
        return line(COMPUTE.guestName(), false, 200_000_000);
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

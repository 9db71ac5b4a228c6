package dev.trapline.benchmarks;

import java.util.Locale;

/// The kernels of `guests/kernels.elf`: each keeps a vCPU busy in a way of its own. The rounds are such that QEMU takes
/// about two seconds for them.
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

    /// A million calls of PSCI_VERSION are a round each of the kernel `hypercalls`, which compares firmware, not
    /// engines.
    static String hypercalls(long calls) {
        return line("hypercalls", false, calls);
    }

    private static String line(String name, boolean mmu, long rounds) {
        return "%s %s %d\nq\n".formatted(name, mmu ? "on" : "off", rounds);
    }
}

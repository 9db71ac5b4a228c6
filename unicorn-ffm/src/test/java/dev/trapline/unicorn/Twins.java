package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.Set;
import java.util.SplittableRandom;

/// Runs the same random guest on engines with and without shortcuts, and compares them after each slice. It is a
/// separate process: if a guest crashes it, the seed shows which, because it is printed before the guest runs.
public final class Twins {

    private static final int SLICES = 60;

    /// The maximum length of slices: many short ones that end in the middle of something, or a few long ones.
    private static final long[] LONGEST = {2, 50, 20_000, 20_000};

    private final EngineFactory with;
    private final EngineFactory without;

    private final boolean wired;

    /// @param wired whether the CPUs take their exceptions and interrupts
    Twins(UnicornLibrary library, Set<Shortcut> shortcuts, boolean wired) {
        this.wired = wired;
        this.with = new UnicornEngines(library, shortcuts);
        this.without = new UnicornEngines(library, Set.of());
    }

    /// Runs guests of consecutive seeds.
    ///
    /// @param arguments `system` or `bundled`, first seed, number of seeds, shortcuts (default: all), and
    ///     `wired` if the CPUs take their exceptions and interrupts
    public static void main(String[] arguments) {
        LibrarySearch search = LibrarySearch.standard(null);
        UnicornLibrary library = UnicornLibrary.load(arguments[0].equals("bundled") ? search.withoutSystem() : search);
        Twins twins =
                new Twins(library, Shortcut.parse(arguments.length > 3 ? arguments[3] : "all"), arguments.length > 4);
        long first = Long.parseLong(arguments[1]);
        long count = Long.parseLong(arguments[2]);
        for (long seed = first; seed < first + count; seed++) {
            System.out.println("seed " + seed);
            String difference = twins.difference(seed);
            if (!difference.isEmpty()) {
                System.out.println(difference);
                System.exit(1);
            }
        }
        System.out.println("the same");
    }

    /// The difference for a seed; empty if there is none.
    String difference(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int cpus = 1 + random.nextInt(3);
        boolean mmu = random.nextInt(3) == 0;
        long longest = LONGEST[random.nextInt(LONGEST.length)];
        long machine = random.nextLong();
        try (RandomMachine one = new RandomMachine(with, machine, cpus, mmu, longest, wired);
                RandomMachine other = new RandomMachine(without, machine, cpus, mmu, longest, wired)) {
            for (int slice = 0; slice < SLICES; slice++) {
                String mine = one.slice();
                String theirs = other.slice();
                if (!mine.equals(theirs)) {
                    return "seed " + seed + ", slice " + slice + (mmu ? ", MMU on" : "") + "\nwith    " + mine
                            + "\nwithout " + theirs;
                }
            }
            return one.memory() == other.memory() ? "" : "seed " + seed + ": memory differs in the end";
        }
    }
}

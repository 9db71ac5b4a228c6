package dev.trapline.architecture.sample.vcpu;

import java.io.File;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;

/// Gives different results in each run, in every way that the rules forbid.
public final class Undecided {

    /// The host's clock.
    public long clock() {
        return System.nanoTime();
    }

    /// A generator without a seed.
    public String random() {
        return UUID.randomUUID().toString();
    }

    /// A number that the JVM generates.
    public ToIntFunction<Object> identity() {
        return System::identityHashCode;
    }

    /// An order that changes with each JVM.
    public Set<String> unordered() {
        return Set.of("a", "b");
    }

    /// An order that changes with the scheduler.
    public long parallel(List<Long> values) {
        return values.parallelStream().mapToLong(v -> v).sum();
    }

    /// An order that changes with the file system.
    public String[] listing(File directory) {
        return directory.list();
    }

    /// A setting that is not in recordings.
    public String environment() {
        return System.getenv("HOME");
    }
}

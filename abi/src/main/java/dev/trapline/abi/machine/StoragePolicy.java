package dev.trapline.abi.machine;

import java.time.Duration;

/// How a recording is stored. Not part of the history: a run has the same records with every policy.
///
/// @param durability when it is forced to the disk
/// @param interval how often, for [Durability#INTERVAL]: at least 1 ms
/// @param patience how long the machine waits for a store that refuses to be written, before the run ends; zero is not
///     at all
/// @param sharing who may read it
public record StoragePolicy(Durability durability, Duration interval, Duration patience, Sharing sharing) {

    /// The default.
    public static final StoragePolicy DEFAULT =
            new StoragePolicy(Durability.INTERVAL, Duration.ofMillis(100), Duration.ofSeconds(30));

    public StoragePolicy {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("an interval of at least 1 ms, not " + interval);
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience cannot be negative: " + patience);
        }
    }

    /// The policy for a recording that only its owner may read.
    public StoragePolicy(Durability durability, Duration interval, Duration patience) {
        this(durability, interval, patience, Sharing.PRIVATE);
    }

    /// The same, with another durability.
    public StoragePolicy with(Durability other) {
        return new StoragePolicy(other, interval, patience, sharing);
    }

    /// The same, for other readers.
    public StoragePolicy with(Sharing other) {
        return new StoragePolicy(durability, interval, patience, other);
    }
}

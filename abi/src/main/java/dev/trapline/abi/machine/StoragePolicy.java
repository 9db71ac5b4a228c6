package dev.trapline.abi.machine;

import java.time.Duration;

/// How a recording is stored. No part of the history: the same run is recorded with the same records under each.
///
/// @param durability when it is forced to the disk
/// @param interval how often, for [Durability#INTERVAL]: at least 1 ms
/// @param patience how long the machine waits for a store that refuses to be written, before the run ends; zero is not
///     at all
public record StoragePolicy(Durability durability, Duration interval, Duration patience) {

    /// What holds if nothing is said.
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

    /// The same, with another durability.
    public StoragePolicy with(Durability other) {
        return new StoragePolicy(other, interval, patience);
    }
}

package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.policy.Policy;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A machine at the beginning of a slice, as a value that can be written: equal machines have equal images.
///
/// What the states of the machine and of its services say is known to those who wrote them.
///
/// @param slice how many slices have ended
/// @param machine what the machine and its vCPUs hold
/// @param services states, in the order of the services' names
/// @param policy in force
/// @param ram by the offset of each page that is not empty, the SHA-256 of its content
/// @param flash the same
/// @param place where the history is
public record CheckpointImage(
        long slice,
        Bytes machine,
        List<Bytes> services,
        Policy policy,
        SortedMap<Long, String> ram,
        SortedMap<Long, String> flash,
        Place place) {

    public CheckpointImage {
        services = List.copyOf(services);
        ram = Collections.unmodifiableSortedMap(new TreeMap<>(ram));
        flash = Collections.unmodifiableSortedMap(new TreeMap<>(flash));
    }

    /// The hashes of all pages that it names.
    public Set<String> pages() {
        Set<String> hashes = new TreeSet<>(ram.values());
        hashes.addAll(flash.values());
        return hashes;
    }

    /// A place in a recording's history, between two records.
    ///
    /// @param segment in which it lies
    /// @param digest of that segment, and by its predecessors of all before it: elsewhere the place means nothing
    /// @param records how many of its records come before
    public record Place(long segment, long digest, int records) {}
}

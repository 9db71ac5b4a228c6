package dev.trapline.abi.choice;

/// A service's request for entropy.
///
/// @param service its name
/// @param nth which of its requests in this run, from 1
public record EntropyKey(String service, long nth) implements Comparable<EntropyKey> {

    /// By service, then in order.
    @Override
    public int compareTo(EntropyKey other) {
        int byService = service.compareTo(other.service);
        return byService == 0 ? Long.compare(nth, other.nth) : byService;
    }
}

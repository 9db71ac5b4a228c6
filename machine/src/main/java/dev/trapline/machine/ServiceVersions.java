package dev.trapline.machine;

import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The versions of a machine's services: as recorded, and as they are here.
///
/// @param recorded by name; empty if nothing is replayed
/// @param present by name
record ServiceVersions(SortedMap<String, String> recorded, SortedMap<String, String> present) {

    static ServiceVersions of(List<ServiceRef> recorded, List<ServiceDescriptor> present) {
        SortedMap<String, String> then = new TreeMap<>();
        SortedMap<String, String> here = new TreeMap<>();
        recorded.forEach(service -> then.put(service.name(), service.version()));
        present.forEach(service -> here.put(service.name(), service.version()));
        return new ServiceVersions(then, here);
    }

    /// A service with both of its versions.
    String describe(String service) {
        String then = recorded.getOrDefault(service, "unknown");
        String here = present.getOrDefault(service, "not here");
        return "service '" + service + "' (recorded: version " + then + "; here: "
                + (present.containsKey(service) ? "version " + here : here) + ")";
    }

    /// The services whose version is another one than was recorded, each with both.
    List<String> changed() {
        List<String> changed = new ArrayList<>();
        recorded.forEach((service, version) -> {
            if (!version.equals(present.get(service))) {
                changed.add(describe(service));
            }
        });
        return changed;
    }
}

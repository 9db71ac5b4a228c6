package dev.trapline.machine.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The services of a machine, each with its state. They are always taken in the order of their names.
///
/// Not thread-safe: as a [ServiceHost] is.
public final class MachineServices {

    private final SortedMap<String, ServiceHost<?>> hosts;

    /// The one that was asked last: most calls are for the same.
    private @Nullable ServiceHost<?> asked;

    /// @param hosts by name
    public MachineServices(SortedMap<String, ServiceHost<?>> hosts) {
        this.hosts = new TreeMap<>(hosts);
    }

    private ServiceHost<?> host(String service) {
        ServiceHost<?> last = asked;
        if (last != null && last.name().equals(service)) {
            return last;
        }
        ServiceHost<?> host = hosts.get(service);
        if (host == null) {
            throw new InvariantViolation("the machine does not have a service '" + service + "'");
        }
        asked = host;
        return host;
    }

    /// The services' names.
    public Set<String> names() {
        return hosts.keySet();
    }

    /// Takes each with its name.
    public void forEach(BiConsumer<String, ServiceHost<?>> taker) {
        hosts.forEach(taker);
    }

    /// The services' descriptors.
    public List<ServiceDescriptor> descriptors() {
        return hosts.values().stream().map(ServiceHost::descriptor).toList();
    }

    /// Lets a service answer a call.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if it fails
    public Reply<?> answer(String service, ServiceCall call) {
        return host(service).answer(call);
    }

    /// The effects of a service on an event.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if it fails
    public List<Effect> notice(String service, MachineEvent event) {
        return host(service).notice(event);
    }

    /// Resets one to its first state.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if it fails
    public void restart(String service) {
        host(service).restart();
    }

    /// Resets all to their first states, because the machine was reset.
    ///
    /// @throws dev.trapline.abi.firmware.ServiceFailure if one fails
    public void restart() {
        hosts.values().forEach(ServiceHost::restart);
    }

    /// What the services' states are made of: name, version, and a hash of the types.
    ///
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if one cannot be written
    public List<String> shapes() {
        List<String> shapes = new ArrayList<>();
        hosts.forEach((name, host) -> shapes.add(name + " " + host.descriptor().version() + " " + host.stateShape()));
        return shapes;
    }

    /// Keeps what the services hold.
    public List<KeptState> keep() {
        List<KeptState> kept = new ArrayList<>();
        hosts.values().forEach(host -> kept.add(host.keep()));
        return kept;
    }

    /// The services' states that were written down.
    ///
    /// @throws IllegalArgumentException if they are not one for each service
    public List<KeptState> kept(List<Bytes> states) {
        if (states.size() != hosts.size()) {
            throw new IllegalArgumentException(states.size() + " states, and " + hosts.size() + " services");
        }
        List<KeptState> kept = new ArrayList<>();
        Iterator<Bytes> each = states.iterator();
        hosts.values().forEach(host -> kept.add(host.kept(each.next())));
        return kept;
    }
}

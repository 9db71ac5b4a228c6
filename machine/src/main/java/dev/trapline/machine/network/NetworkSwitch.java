package dev.trapline.machine.network;

import dev.trapline.abi.MacAddress;
import java.util.ArrayList;
import java.util.List;

/// A switch that connects the network interfaces of machines of one process. A frame reaches the machine whose
/// interface has its destination address. If there is none, or if it is for a group, it reaches all others.
///
/// **Time.** The switch has a time of its own, in ticks. A machine that joins continues at the time of the one that is
/// furthest ahead. A frame arrives [dev.trapline.board.virtio.NetworkCard#DELAY] after it was sent, at exactly that
/// time. For this, no machine gets further ahead of another than the delay: it waits, on its own thread. While no vCPU
/// of a machine can run, the others need not wait for it.
///
/// So if all machines join at the beginning ([#NetworkSwitch(int)]), what each of them receives, and when, follows from
/// the machines alone.
///
/// All methods may be called from any thread.
public final class NetworkSwitch {

    private final int members;
    /// In the order in which they were plugged in.
    private final List<SwitchPort> ports = new ArrayList<>();
    private int plugged;
    private int joined;

    /// A switch whose machines do not wait for more to join.
    public NetworkSwitch() {
        this(1);
    }

    /// A switch whose machines do not begin before so many have joined.
    ///
    /// @param members 1 or more
    public NetworkSwitch(int members) {
        if (members < 1) {
            throw new IllegalArgumentException("a switch has 1 or more members, not " + members);
        }
        this.members = members;
    }

    /// Plugs in a network interface. Its machine joins when it first asks for its port's arrivals.
    ///
    /// @param mac its address
    /// @throws IllegalArgumentException if another interface on the switch has the address
    public synchronized SwitchPort plug(MacAddress mac) {
        if (ports.stream().anyMatch(port -> port.mac().equals(mac))) {
            throw new IllegalArgumentException("another machine on the network has the address " + mac
                    + ": give each its own (machine.mac-address), or another seed");
        }
        SwitchPort port = new SwitchPort(this, mac, plugged++);
        ports.add(port);
        return port;
    }

    /// Removes a port, for [SwitchPort#unplug]. The caller holds the lock.
    void remove(SwitchPort port) {
        ports.remove(port);
        notifyAll();
    }

    /// A machine joins. The caller holds the lock.
    ///
    /// @return the time of the switch
    long join() {
        joined++;
        notifyAll();
        return ports.stream().mapToLong(SwitchPort::now).max().orElse(0);
    }

    /// The time before which no port gets a frame that was not sent yet. The caller holds the lock.
    long horizon(SwitchPort of) {
        if (joined < members) {
            return 0;
        }
        long first = SwitchPort.NEVER;
        for (SwitchPort port : ports) {
            if (port.hasJoined() && !port.equals(of)) {
                first = Math.min(first, port.acts());
            }
        }
        return SwitchPort.later(first);
    }

    /// The ports that a frame reaches. The caller holds the lock.
    List<SwitchPort> targets(SwitchPort from, long destination) {
        List<SwitchPort> exactly =
                ports.stream().filter(port -> port.mac().bits() == destination).toList();
        return (exactly.isEmpty() ? ports : exactly)
                .stream().filter(port -> port.hasJoined() && !port.equals(from)).toList();
    }
}

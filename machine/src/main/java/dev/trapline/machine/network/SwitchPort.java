package dev.trapline.machine.network;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.MacAddress;
import dev.trapline.board.virtio.NetworkCard;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The port of a [NetworkSwitch] for one machine. Times in its methods are those of the machine; its fields have those
/// of the switch.
public final class SwitchPort {

    /// A time that never comes.
    public static final long NEVER = Long.MAX_VALUE;

    /// The most frames that are on their way to a machine. Further ones are dropped.
    static final int MOST = 1_024;

    /// @param from the number of the sender's port
    /// @param nth counts the frames of the sender
    private record InFlight(long arrival, int from, long nth, Bytes frame) {
        static final Comparator<InFlight> ORDER = Comparator.comparingLong(InFlight::arrival)
                .thenComparingInt(InFlight::from)
                .thenComparingLong(InFlight::nth);
    }

    private final NetworkSwitch network;
    private final MacAddress mac;
    private final int number;
    private final TreeSet<InFlight> arriving = new TreeSet<>(InFlight.ORDER);
    private boolean joined;
    /// What is added to the machine's time.
    private long offset;
    /// Where the machine is.
    private long now;
    /// The machine does nothing before this time if nothing arrives.
    private long acts;
    private long sent;
    private long dropped;

    SwitchPort(NetworkSwitch network, MacAddress mac, int number) {
        this.network = network;
        this.mac = mac;
        this.number = number;
    }

    MacAddress mac() {
        return mac;
    }

    boolean hasJoined() {
        return joined;
    }

    long now() {
        return now;
    }

    /// The machine does nothing before this time, whatever it was sent. The caller holds the lock.
    long acts() {
        return arriving.isEmpty() ? acts : Math.min(acts, arriving.first().arrival());
    }

    /// When a frame arrives that is sent at a time.
    static long later(long moment) {
        return moment == NEVER ? NEVER : moment + NetworkCard.DELAY;
    }

    /// The time of the first arrival in an interval. Waits until the other machines are so far that it is known. An
    /// interval longer than the delay of a frame may be cut to that.
    ///
    /// @param after the arrival is later; the machine takes those before itself
    /// @param until the arrival is earlier
    /// @param idle whether the machine does nothing before `until` if nothing arrives
    /// @param hurried whether the machine must not wait any more; see [#wake]
    /// @return [#NEVER] if nothing arrives; otherwise the time of the arrival, or where the interval was cut
    public long arrivalBetween(long after, long until, boolean idle, BooleanSupplier hurried) {
        synchronized (network) {
            if (!joined) {
                offset = network.join() - after;
                joined = true;
            }
            now = after + offset;
            long end = until == NEVER ? NEVER : until + offset;
            long goal = idle ? end : Math.min(end, later(now));
            acts = idle ? end : now;
            network.notifyAll();
            long known = Math.min(goal, next(idle));
            while (network.horizon(this) < known) {
                if (hurried.getAsBoolean() || !waits()) {
                    // The machine comes here again, after it has taken what it must not wait with.
                    known = now + 1;
                    break;
                }
                known = Math.min(goal, next(idle));
            }
            acts = idle ? known : now;
            return known < end ? known - offset : NEVER;
        }
    }

    /// When the next frame arrives. Those that have arrived are taken at the beginning of a round; none of them is
    /// left while the machine is idle, unless it was let go on too early.
    private long next(boolean idle) {
        for (InFlight flight : arriving) {
            if (flight.arrival() > now || idle) {
                return Math.max(flight.arrival(), now + 1);
            }
        }
        return NEVER;
    }

    private boolean waits() {
        try {
            network.wait();
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Lets the machine look again whether it must not wait any more.
    public void wake() {
        synchronized (network) {
            network.notifyAll();
        }
    }

    /// Takes the next frame that has arrived.
    ///
    /// @param moment the machine's time
    /// @param fits whether the machine has room for it; without, all that have arrived are dropped
    /// @return null if there is none
    public @Nullable Bytes next(long moment, boolean fits) {
        synchronized (network) {
            while (!arriving.isEmpty() && arriving.first().arrival() <= moment + offset) {
                InFlight first = arriving.removeFirst();
                if (fits) {
                    return first.frame();
                }
                dropped++;
            }
            return null;
        }
    }

    /// The machine sends a frame.
    ///
    /// @param moment the machine's time; not before the beginning of its round
    public void send(Bytes frame, long moment) {
        synchronized (network) {
            List<SwitchPort> targets = network.targets(this, destination(frame));
            InFlight flight = new InFlight(later(moment + offset), number, sent++, frame);
            targets.forEach(port -> port.add(flight));
            network.notifyAll();
        }
    }

    /// A frame is on its way here. The caller holds the lock.
    private void add(InFlight flight) {
        if (arriving.size() < MOST) {
            arriving.add(flight);
        } else {
            dropped++;
        }
    }

    /// How many frames for the machine were dropped, because too many waited already.
    public long dropped() {
        synchronized (network) {
            return dropped;
        }
    }

    /// The destination address, with which a frame begins.
    private static long destination(Bytes frame) {
        long bits = 0;
        for (int k = 0; k < MacAddress.SIZE; k++) {
            bits = (bits << Byte.SIZE) | Byte.toUnsignedLong(frame.at(k));
        }
        return bits;
    }

    /// The machine has ended: nobody waits for it any more.
    public void unplug() {
        synchronized (network) {
            network.remove(this);
        }
    }
}

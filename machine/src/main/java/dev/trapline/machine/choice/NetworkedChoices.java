package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.network.SwitchPort;
import org.jspecify.annotations.Nullable;

/// Arrivals of frames from other machines, before those of other kinds at the same point.
public final class NetworkedChoices extends DelegatingChoices {

    private final SwitchPort port;
    private final Requests requests;

    /// @param requests the machine does not wait for others when it is asked to stop
    /// @param others answer for everything else
    public NetworkedChoices(SwitchPort port, Requests requests, Choices others) {
        super(others);
        this.port = port;
        this.requests = requests;
        requests.onStop(port::wake);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        Bytes frame = port.next(here.round(), here.receivesFrame());
        return frame == null ? super.arrival(here) : new JournalRecord.Frame(frame);
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        long planned = super.arrivalBetween(after, until, idle);
        return Math.min(
                planned,
                port.arrivalBetween(after, Math.min(planned, until), idle, () -> requests.stopAsked() != null));
    }

    @Override
    public void sent(Bytes frame, long now) {
        port.send(frame, now);
    }

    @Override
    public long droppedFrames() {
        return port.dropped();
    }
}

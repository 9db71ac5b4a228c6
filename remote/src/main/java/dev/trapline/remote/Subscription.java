package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import dev.trapline.remote.MachineProtocol.Event;
import org.jspecify.annotations.Nullable;

/// A subscriber to a machine's output and outcome.
final class Subscription {

    private final long request;
    private final String machine;
    private final ActorRef<Event> subscriber;
    private long sent;
    private long seen;
    private boolean over;

    Subscription(MachineProtocol.Subscribe wanted) {
        this.request = wanted.request();
        this.machine = wanted.machine();
        this.subscriber = wanted.replyTo();
        this.sent = wanted.from();
        this.seen = wanted.from();
    }

    /// Whether a message belongs to this subscription.
    boolean is(long otherRequest, ActorRef<Event> other) {
        return request == otherRequest && subscriber.equals(other);
    }

    /// Ends the subscription before the run ends.
    void end(String reason) {
        subscriber.tell(new MachineProtocol.Refused(request, reason));
    }

    /// Output has arrived at the subscriber. Confirmations of bytes that were never sent are ignored.
    void seen(long upTo) {
        if (upTo > seen && upTo <= sent) {
            seen = upTo;
        }
    }

    /// Sends as much output as the window allows.
    ///
    /// @param end the outcome of the run; null while it runs. It is sent once, after the last output
    void advance(OutputFeed feed, MachineProtocol.@Nullable Ended end) {
        while (!over && sent < feed.total() && sent - seen < OutputFeed.WINDOW) {
            OutputFeed.Part part = feed.read(sent, (int) Math.min(OutputFeed.PART, OutputFeed.WINDOW - (sent - seen)));
            subscriber.tell(new MachineProtocol.Printed(request, machine, part.offset(), part.text()));
            // Output that is no longer kept needs no confirmation.
            seen += part.offset() - sent;
            sent = part.end();
        }
        if (!over && end != null && sent >= feed.total()) {
            over = true;
            subscriber.tell(new MachineProtocol.Ended(
                    request, machine, end.outcome(), end.progress(), end.printed(), end.digests()));
        }
    }

    boolean isOver() {
        return over;
    }
}

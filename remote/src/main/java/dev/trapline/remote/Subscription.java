package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import dev.trapline.remote.MachineProtocol.Event;
import org.jspecify.annotations.Nullable;

/// Somebody who wants what a machine prints, and how its run ends.
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

    /// Whether it is the one of a message.
    boolean is(long otherRequest, ActorRef<Event> other) {
        return request == otherRequest && subscriber.equals(other);
    }

    /// Ends it before the run does.
    void end(String reason) {
        subscriber.tell(new MachineProtocol.Refused(request, reason));
    }

    /// Output has arrived. What was never sent has not.
    void seen(long upTo) {
        if (upTo > seen && upTo <= sent) {
            seen = upTo;
        }
    }

    /// Sends what may be sent.
    ///
    /// @param end how the run ended; null while it runs. Sent behind the last of the output, once
    void advance(OutputFeed feed, MachineProtocol.@Nullable Ended end) {
        while (!over && sent < feed.total() && sent - seen < OutputFeed.WINDOW) {
            OutputFeed.Part part = feed.read(sent, (int) Math.min(OutputFeed.PART, OutputFeed.WINDOW - (sent - seen)));
            subscriber.tell(new MachineProtocol.Printed(request, machine, part.offset(), part.text()));
            // What is not kept any more needs no confirmation.
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

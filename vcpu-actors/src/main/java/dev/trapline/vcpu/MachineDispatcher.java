package dev.trapline.vcpu;

import akka.actor.ActorCell;
import akka.dispatch.Dispatcher;
import akka.dispatch.Envelope;
import akka.dispatch.ExecutorServiceFactory;
import akka.dispatch.ExecutorServiceFactoryProvider;
import akka.dispatch.Mailbox;
import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import scala.concurrent.duration.Duration;

/// The dispatcher of one machine. A message between two of its actors, sent on the machine's thread, waits in that
/// thread's queue and is then passed directly to its receiver. A mailbox would synchronise five times for each message,
/// although there is only one thread. All other messages use the mailbox: messages from outside, messages to an actor
/// that is starting, failing or stopping, and the actor system's own messages. If an actor's mailbox is not empty,
/// further messages to it are put behind those in the mailbox.
///
/// The methods that it overrides are internal to Akka. The build fixes Akka's version.
final class MachineDispatcher extends Dispatcher {

    private final Threads threads;

    private MachineDispatcher(MachineDispatcherConfigurator configurator, String id, Threads threads) {
        Config config = configurator.config();
        super(
                configurator,
                id,
                config.getInt("throughput"),
                Duration.Zero(),
                threads,
                Duration.create(config.getDuration("shutdown-timeout").toMillis(), TimeUnit.MILLISECONDS));
        this.threads = threads;
    }

    static MachineDispatcher of(MachineDispatcherConfigurator configurator, String id) {
        return new MachineDispatcher(configurator, id, new Threads());
    }

    @Override
    public void dispatch(ActorCell receiver, Envelope message) {
        MachineThread thread = threads.latest;
        if (thread != null && thread.isCurrent()) {
            thread.execute(new Delivery(this, receiver, message));
        } else {
            super.dispatch(receiver, message);
        }
    }

    /// Whether the caller is on the machine's thread, and no task waits for that thread.
    boolean isQuiet() {
        MachineThread thread = threads.latest;
        return thread != null && thread.isCurrent() && thread.isQuiet();
    }

    private void throughMailbox(ActorCell receiver, Envelope message) {
        super.dispatch(receiver, message);
    }

    private record Delivery(MachineDispatcher dispatcher, ActorCell receiver, Envelope message) implements Runnable {

        @Override
        public void run() {
            // Open means: not scheduled (messages wait in it), not suspended and not closed.
            if (receiver.mailbox().currentStatus() == Mailbox.Open()) {
                receiver.invoke(message);
            } else {
                dispatcher.throughMailbox(receiver, message);
            }
        }
    }

    /// Creates the dispatcher's thread when it is first needed, and again if it ended because there were no actors.
    private static final class Threads implements ExecutorServiceFactoryProvider {

        private volatile @Nullable MachineThread latest;

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return () -> {
                MachineThread made = new MachineThread(factory);
                latest = made;
                return made;
            };
        }
    }
}

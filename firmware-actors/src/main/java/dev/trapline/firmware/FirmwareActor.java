package dev.trapline.firmware;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.machine.firmware.ServiceHost;
import java.util.function.Function;

/// The actor around any firmware service: takes a call, computes its answer, and passes it on with the state that
/// follows from it.
///
/// The state becomes the service's with the answer, when the machine takes it ([Given#commit]): an actor that is lost
/// on the way leaves the state as it was before the call, and its successor answers the call from there.
///
/// That a service failed is an answer too: the machine ends. It is never retried.
public final class FirmwareActor extends AbstractOnMessageBehavior<FirmwareActor.Command> {

    /// What a firmware actor understands.
    public sealed interface Command {}

    /// A call to answer.
    ///
    /// @param call the call
    /// @param replyTo who takes the answer
    /// @param wrap makes the answer a message of that receiver, so that no adapter stands in between
    public record Call<M>(ServiceCall call, ActorRef<M> replyTo, Function<Answer, M> wrap) implements Command {
        void answerWith(Answer answer) {
            replyTo.tell(wrap.apply(answer));
        }
    }

    /// What came of a call.
    public sealed interface Answer {}

    /// The service answered.
    public record Given<S>(ServiceHost<S> host, Reply<S> reply) implements Answer {
        /// Makes the state that follows from the answer the service's. For the machine, when it takes the
        /// answer.
        public void commit() {
            host.commit(reply);
        }
    }

    /// The service failed.
    public record Failed(ServiceFailure failure) implements Answer {}

    private final ServiceHost<?> host;

    private FirmwareActor(ActorContext<Command> context, ServiceHost<?> host) {
        super(context);
        this.host = host;
    }

    /// The behaviour of a service's actor.
    public static Behavior<Command> create(ServiceHost<?> host) {
        return Behaviors.setup(context -> new FirmwareActor(context, host));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Call<?> call -> call.answerWith(answer(call.call()));
        }
        return this;
    }

    private Answer answer(ServiceCall call) {
        try {
            return given(host, call);
        } catch (ServiceFailure failure) {
            return new Failed(failure);
        }
    }

    private static <S> Answer given(ServiceHost<S> host, ServiceCall call) {
        return new Given<>(host, host.compute(call));
    }
}

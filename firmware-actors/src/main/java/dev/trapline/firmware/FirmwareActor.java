package dev.trapline.firmware;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.machine.firmware.ServiceHost;
import java.util.function.Function;

/// The actor around any firmware service. It receives a call, computes its answer, and sends the answer and the new
/// state.
///
/// The new state becomes the service's state when the machine accepts the answer ([Given#commit]). If the actor is lost
/// before that, the state is unchanged, and its successor answers the call again.
///
/// A failure of the service is an answer too, and ends the machine. The call is never retried.
public final class FirmwareActor extends AbstractOnMessageBehavior<FirmwareActor.Command> {

    /// The messages to a firmware actor.
    public sealed interface Command {}

    /// A call to answer.
    ///
    /// @param call the call
    /// @param replyTo the receiver of the answer
    /// @param wrap converts the answer to a message of that receiver, so that no message adapter is needed
    public record Call<M>(ServiceCall call, ActorRef<M> replyTo, Function<Answer, M> wrap) implements Command {
        void answerWith(Answer answer) {
            replyTo.tell(wrap.apply(answer));
        }
    }

    /// Crash: the fault of a call.
    public enum Crash implements Command {
        INSTANCE
    }

    /// The crash of an actor that was asked for.
    public static final class InjectedCrash extends RuntimeException {
        private static final long serialVersionUID = 1;

        private InjectedCrash() {
            super("an injected fault");
        }
    }

    /// The result of a call.
    public sealed interface Answer {}

    /// The service answered.
    public record Given<S>(ServiceHost<S> host, Reply<S> reply) implements Answer {
        /// Makes the answer's state the service's state. Called by the machine when it accepts the answer.
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
        Behavior<Command> actor = Behaviors.setup(context -> new FirmwareActor(context, host));
        // A crash that was asked for is in the history, and not in the log.
        return Behaviors.supervise(actor)
                .onFailure(InjectedCrash.class, SupervisorStrategy.stop().withLoggingEnabled(false));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Call<?> call -> call.answerWith(answer(call.call()));
            case Crash _ -> throw new InjectedCrash();
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

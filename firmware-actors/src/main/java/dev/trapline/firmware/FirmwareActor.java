package dev.trapline.firmware;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import java.util.function.Function;

/// The actor around any firmware service: takes a call, asks the service, passes the answer on.
///
/// A service that throws stops its actor with the cause: the machine watches it and ends the run. It is never retried.
public final class FirmwareActor extends AbstractBehavior<FirmwareActor.Command> {

    /// What a firmware actor understands.
    public sealed interface Command {}

    /// A call to answer.
    ///
    /// @param call the call
    /// @param replyTo who takes the answer
    /// @param wrap makes the answer a message of that receiver, so that no adapter stands in between
    public record Call<M>(ServiceCall call, ActorRef<M> replyTo, Function<Reply<?>, M> wrap) implements Command {
        void answerWith(Reply<?> reply) {
            replyTo.tell(wrap.apply(reply));
        }
    }

    /// The machine was reset: the service starts anew.
    public enum Restart implements Command {
        /// The one message of this kind.
        INSTANCE
    }

    private final ServiceHost<?> host;

    private FirmwareActor(ActorContext<Command> context, ServiceHost<?> host) {
        super(context);
        this.host = host;
    }

    /// The behaviour of a service's actor.
    public static <S> Behavior<Command> create(
            FirmwareService<S> service, ServiceContext serviceContext, GuestMemory memory) {
        return Behaviors.setup(
                context -> new FirmwareActor(context, new ServiceHost<>(service, serviceContext, memory)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::onCommand).build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Call<?> call -> call.answerWith(host.answer(call.call()));
            case Restart _ -> host.restart();
        }
        return this;
    }
}

package dev.trapline.firmware;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.machine.firmware.ServiceHost;
import java.util.function.Function;

/// The actor around any firmware service: takes a call, asks the service, passes the answer on.
///
/// That a service failed is an answer too: the machine ends.  It is never retried.
public final class FirmwareActor extends DirectBehavior<FirmwareActor.Command> {

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
    public record Given(Reply<?> reply) implements Answer {}

    /// The service failed.
    public record Failed(ServiceFailure failure) implements Answer {}

    private final ServiceHost<?> host;

    private FirmwareActor(ServiceHost<?> host) {
        this.host = host;
    }

    /// The behaviour of a service's actor.
    public static Behavior<Command> create(ServiceHost<?> host) {
        return new FirmwareActor(host);
    }

    @Override
    protected Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Call<?> call -> call.answerWith(answer(call.call()));
        }
        return this;
    }

    private Answer answer(ServiceCall call) {
        try {
            return new Given(host.answer(call));
        } catch (ServiceFailure failure) {
            return new Failed(failure);
        }
    }
}

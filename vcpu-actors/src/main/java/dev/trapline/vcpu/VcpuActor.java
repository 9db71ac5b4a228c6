package dev.trapline.vcpu;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.machine.SliceEnd;
import dev.trapline.machine.VcpuCommand;
import dev.trapline.machine.VcpuLogic;
import org.jspecify.annotations.Nullable;

/// One CPU of the machine. It runs its granted slices, asks the registry about each hypercall, and passes the slice to
/// its [Desk], which knows the receiver.
///
/// While no task waits on the machine's thread, its [Desk] settles the slice directly, and the vCPU continues if it is
/// granted the next slice. The history is the same, but three messages for each slice are not needed.
final class VcpuActor extends AbstractOnMessageBehavior<VcpuCommand> {

    /// Settles the slices of a vCPU without a message.
    interface Desk {

        /// Whether no task waits on the machine's thread, so that a slice that is settled directly overtakes no
        /// message.
        boolean isQuiet();

        /// Executes all consequences of a slice, including a forwarded call's answer.
        ///
        /// @return the next slice, if the same vCPU can run it immediately; null if another part of the machine
        ///     has the token
        VcpuCommand.@Nullable Grant settle(SliceEnd ended);

        /// Sends the end of a slice to the machine, or to the actor of the called service.
        void send(SliceEnd ended);
    }

    private final VcpuLogic logic;
    private final Desk desk;

    private VcpuActor(ActorContext<VcpuCommand> context, VcpuLogic logic, Desk desk) {
        super(context);
        this.logic = logic;
        this.desk = desk;
    }

    static Behavior<VcpuCommand> create(VcpuLogic logic, Desk desk) {
        return Behaviors.setup(context -> new VcpuActor(context, logic, desk));
    }

    @Override
    public Behavior<VcpuCommand> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            logic.close();
            return this;
        }
        return Behaviors.unhandled();
    }

    @Override
    public Behavior<VcpuCommand> onMessage(VcpuCommand command) {
        switch (command) {
            case VcpuCommand.Grant grant -> run(grant);
            case VcpuCommand.Change change -> logic.apply(change);
        }
        return this;
    }

    private void run(VcpuCommand.Grant first) {
        VcpuCommand.Grant grant = first;
        while (grant != null) {
            SliceEnd ended = logic.run(grant);
            if (!desk.isQuiet()) {
                desk.send(ended);
                return;
            }
            grant = desk.settle(ended);
        }
    }
}

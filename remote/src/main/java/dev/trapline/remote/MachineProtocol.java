package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.Progress;
import java.util.List;

/// What a driver asks of the machines of a process, and what it is answered: a closed set of messages, made of names,
/// numbers and bytes. No message names a file of the process that runs the machines: images come with their content,
/// and a recording has its machine's name.
///
/// A driver sends [Command]s to a [MachineDesk]. Each has a number, which its answers repeat. Messages travel as
/// [ProtocolCodec] says.
public sealed interface MachineProtocol {

    /// The version of the messages. It goes up with each change of what a message holds, or of the values in it.
    int VERSION = 1;

    /// What a driver asks.
    sealed interface Command extends MachineProtocol {

        /// Chosen by the driver; repeated in each answer.
        long request();

        /// Who is answered.
        ActorRef<Event> replyTo();
    }

    /// What a driver asks of one machine.
    sealed interface OfMachine extends Command {
        /// The machine's name: see [dev.trapline.vcpu.Machines#requireName].
        String machine();
    }

    /// Starts a machine. Answered by [Started].
    ///
    /// @param images at most [ProtocolCodec#MOST_IMAGES], with their content; their names are for people
    /// @param script typed at the console in virtual time
    /// @param recorded whether the run is recorded, under the machine's name
    record Start(
            long request,
            ActorRef<Event> replyTo,
            String machine,
            MachineSpec spec,
            List<Image> images,
            Bytes script,
            boolean recorded)
            implements OfMachine {
        public Start {
            images = List.copyOf(images);
        }
    }

    /// Types at a machine's console. Answered by [Accepted].
    record Type(long request, ActorRef<Event> replyTo, String machine, Bytes keys) implements OfMachine {}

    /// Injects an interrupt or an event at the next slice boundary. Answered by [Accepted].
    record Inject(long request, ActorRef<Event> replyTo, String machine, Injection what) implements OfMachine {}

    /// Puts another policy in force at the next slice boundary. Answered by [Accepted].
    record Reconfigure(long request, ActorRef<Event> replyTo, String machine, Policy policy) implements OfMachine {}

    /// Asks for what the machine prints, and for how its run ends: answered by any number of [Printed], and by
    /// [Ended]. At most [OutputFeed#WINDOW] bytes are on their way; more comes when [Seen] says that these have
    /// arrived.
    ///
    /// @param from the first byte of the output that is wanted, counted from 0
    record Subscribe(long request, ActorRef<Event> replyTo, String machine, long from) implements OfMachine {}

    /// Says how much of the output has arrived. Not answered.
    ///
    /// @param request the one of the subscription
    /// @param upTo how many bytes of the output, counted from its beginning
    record Seen(long request, ActorRef<Event> replyTo, String machine, long upTo) implements OfMachine {}

    /// Asks how far a machine is. Answered by [State].
    record Ask(long request, ActorRef<Event> replyTo, String machine) implements OfMachine {}

    /// Asks the run to end at the next slice boundary. Answered by [Accepted]; the end itself is told to
    /// subscribers.
    record Stop(long request, ActorRef<Event> replyTo, String machine) implements OfMachine {}

    /// Asks which machines there are. Answered by [Listing].
    record ListMachines(long request, ActorRef<Event> replyTo) implements Command {}

    /// What arrived was no message of this protocol, or not one of this version: only [ProtocolCodec] makes it.
    /// Answered by [Refused].
    ///
    /// @param reason what is wrong with it, in a sentence
    record Malformed(long request, ActorRef<Event> replyTo, String reason) implements Command {}

    /// What a driver is answered.
    sealed interface Event extends MachineProtocol {
        /// The number of the command that it answers.
        long request();
    }

    /// The machine runs.
    ///
    /// @param warnings what the driver should know of the images, a sentence each
    record Started(long request, String machine, List<String> warnings) implements Event {
        public Started {
            warnings = List.copyOf(warnings);
        }
    }

    /// It will be done at the next slice boundary.
    record Accepted(long request) implements Event {}

    /// How far a machine is.
    ///
    /// @param running false if its run has ended
    /// @param printed bytes of output so far
    /// @param untyped bytes typed that the guest's console has not taken yet
    record State(long request, String machine, boolean running, Progress progress, long printed, long untyped)
            implements Event {}

    /// The machines that run, and those that ended lately, sorted by name.
    record Listing(long request, List<String> machines) implements Event {
        public Listing {
            machines = List.copyOf(machines);
        }
    }

    /// A part of a machine's output.
    ///
    /// @param offset of its first byte in all of the output. Larger than where the last part ended if what was in
    ///     between is not kept any more
    record Printed(long request, String machine, long offset, Bytes text) implements Event {}

    /// A run has ended, and its recording is durable.
    ///
    /// @param digests equal for equal runs
    record Ended(long request, String machine, RunOutcome outcome, Progress progress, long printed, Digests digests)
            implements Event {}

    /// What a run came to, in three numbers.
    ///
    /// @param registers chain of the register digests of every slice
    /// @param memory of all guest memory at the end
    /// @param console of what the guest printed
    record Digests(long registers, long memory, long console) {}

    /// What was asked was not done, and nothing has changed.
    ///
    /// @param reason why not, in a sentence
    record Refused(long request, String reason) implements Event {}
}

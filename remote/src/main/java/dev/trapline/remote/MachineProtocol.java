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

/// The messages between a driver and a process that runs machines: a closed set, made of names, numbers and bytes. No
/// message names a file of the process that runs the machines: images are sent with their content, and a recording gets
/// its machine's name.
///
/// A driver sends [Command]s to a [MachineDesk]. Each has a number, which its answers repeat. [ProtocolCodec] defines
/// the bytes of the messages.
public sealed interface MachineProtocol {

    /// The version of the messages. It increases with each change of a message's fields or values.
    int VERSION = 7;

    /// A message from a driver.
    sealed interface Command extends MachineProtocol {

        /// Chosen by the driver; repeated in each answer.
        long request();

        /// The receiver of the answers.
        ActorRef<Event> replyTo();
    }

    /// A command for one machine.
    sealed interface OfMachine extends Command {
        /// The machine's name: see [dev.trapline.vcpu.Machines#requireName].
        String machine();
    }

    /// Starts a machine. Answered by [Started].
    ///
    /// @param images at most [ProtocolCodec#MOST_IMAGES], with their content; their names are only for messages
    /// @param script input to type at the console, in virtual time
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

    /// Changes the policy at the next slice boundary. Answered by [Accepted].
    record Reconfigure(long request, ActorRef<Event> replyTo, String machine, Policy policy) implements OfMachine {}

    /// Asks for the machine's output and for its outcome. Answered by any number of [Printed], and by [Ended]. At
    /// most [OutputFeed#WINDOW] bytes are unconfirmed at a time; more are sent after [Seen] confirms them.
    ///
    /// @param from the first wanted byte of the output, counted from 0
    record Subscribe(long request, ActorRef<Event> replyTo, String machine, long from) implements OfMachine {}

    /// Confirms output that has arrived. Not answered.
    ///
    /// @param request the request of the subscription
    /// @param upTo how many bytes of the output, counted from its beginning
    record Seen(long request, ActorRef<Event> replyTo, String machine, long upTo) implements OfMachine {}

    /// Asks for a machine's progress. Answered by [State].
    record Ask(long request, ActorRef<Event> replyTo, String machine) implements OfMachine {}

    /// Asks the run to end at the next slice boundary. Answered by [Accepted]; subscribers get the end itself.
    record Stop(long request, ActorRef<Event> replyTo, String machine) implements OfMachine {}

    /// Asks for a list of the machines. Answered by [Listing].
    record ListMachines(long request, ActorRef<Event> replyTo) implements Command {}

    /// Stands for bytes that are not a message of this version of the protocol. Only [ProtocolCodec] makes it.
    /// Answered by [Refused].
    ///
    /// @param reason the error, in a sentence
    record Malformed(long request, ActorRef<Event> replyTo, String reason) implements Command {}

    /// An answer to a driver.
    sealed interface Event extends MachineProtocol {
        /// The number of the command that this answers.
        long request();
    }

    /// The machine is running.
    ///
    /// @param warnings warnings about the images, one sentence each
    record Started(long request, String machine, List<String> warnings) implements Event {
        public Started {
            warnings = List.copyOf(warnings);
        }
    }

    /// The command will take effect at the next slice boundary.
    record Accepted(long request) implements Event {}

    /// A machine's progress.
    ///
    /// @param running false if its run has ended
    /// @param printed the output so far, in bytes
    /// @param untyped the typed input that the guest's console has not read yet, in bytes
    record State(long request, String machine, boolean running, Progress progress, long printed, long untyped)
            implements Event {}

    /// The machines that are running, and those that ended recently, sorted by name.
    record Listing(long request, List<String> machines) implements Event {
        public Listing {
            machines = List.copyOf(machines);
        }
    }

    /// A part of a machine's output.
    ///
    /// @param offset the position of its first byte in the whole output. Larger than the end of the last part if
    ///     the output in between is no longer kept
    record Printed(long request, String machine, long offset, Bytes text) implements Event {}

    /// A run has ended, and its recording is durable.
    ///
    /// @param digests equal for equal runs
    record Ended(long request, String machine, RunOutcome outcome, Progress progress, long printed, Digests digests)
            implements Event {}

    /// The digests of a run.
    ///
    /// @param registers the chained register digests of all slices
    /// @param memory the digest of all guest memory at the end
    /// @param console the digest of the console's output
    record Digests(long registers, long memory, long console) {}

    /// The command was refused, and nothing has changed.
    ///
    /// @param reason the reason, in a sentence
    record Refused(long request, String reason) implements Event {}
}

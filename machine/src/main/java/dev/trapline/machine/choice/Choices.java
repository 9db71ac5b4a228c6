package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.PlannedInjection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything in a run that could have been different is asked for here, at defined points between slices, and the
/// machine records the answers. A replay takes them from its recording and does not ask.
///
/// By default nobody chooses: the machine's schedule applies, nothing comes from outside, and there is no entropy. All
/// methods are called on the machine's thread.
public interface Choices {

    /// A time that never comes.
    long NEVER = Engine.NO_DEADLINE;

    /// The point at which a machine asks. Valid during the call.
    interface Place {
        /// Its name. Makes an object.
        ChoicePoint point();

        /// How many slices have ended.
        long slices();

        /// When the round began, in ticks.
        long round();

        /// How many bytes the console's receiver accepts.
        int receiverRoom();

        /// Whether the network interface accepts a frame.
        boolean receivesFrame();

        /// Whether the guest has read all bytes that the console received.
        boolean receiverIsEmpty();
    }

    /// The hypercall about which a machine asks. Valid during the question.
    interface Call {
        VcpuId caller();

        /// Which of the caller's calls in this run, from 1. Calls whose condition check failed are not counted.
        long nth();

        HypercallExit exit();

        /// Its function, as the registry names it, if its #imm is 0.
        int function();

        /// The service that gets it; null if none does.
        @Nullable
        String service();

        /// The caller's virtual time, in ticks.
        long time();

        /// The ordinal of the slice that it ended, from 0.
        long slice();

        /// Its name. Makes an object.
        default CallKey key() {
            return new CallKey(caller(), nth());
        }
    }

    /// What was planned and has not happened, and the counts of the planned faults.
    ///
    /// @param injections in the planned order
    /// @param scriptBytes how many bytes of the console's script
    /// @param unmet what the console's script waits for; null if it does not wait for output
    /// @param faults every rule, also those that had their fault
    record Left(
            List<PlannedInjection> injections,
            int scriptBytes,
            @Nullable Unmet unmet,
            List<FaultCount> faults) {
        /// Nothing was planned.
        public static final Left NOTHING = new Left(List.of(), 0, null, List.of());

        public Left {
            injections = List.copyOf(injections);
            faults = List.copyOf(faults);
        }

        /// The same, with the rules of a plan.
        Left with(List<FaultCount> counts) {
            return new Left(injections, scriptBytes, unmet, counts);
        }
    }

    /// The counts of a rule of a plan.
    ///
    /// @param met how many calls it could have met
    /// @param fired how many got its fault
    record FaultCount(FaultRule rule, long met, long fired) {}

    /// A step of the console's script that waits for output.
    ///
    /// @param since when the step began, in ticks
    /// @param last the last bytes that the guest has printed, at most 2048
    record Unmet(ConsoleScript.Expect step, long since, Bytes last) {}

    /// Chooses the vCPU of the next turn.
    ///
    /// @param ready one bit for each vCPU that can run in this round; not 0
    /// @param byDefault the choice of the machine's schedule; only a different answer is recorded
    /// @return a turn for one of those
    default Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        return byDefault;
    }

    /// The entropy for a service.
    ///
    /// @param bytes how many it wants
    /// @return as many, or fewer
    default Bytes entropy(EntropyKey asked, int bytes) {
        return Bytes.EMPTY;
    }

    /// What goes wrong with a hypercall. Asked for each one, also while a recording is being continued: then the
    /// recording's answer counts, and not this one.
    ///
    /// @return null if nothing does
    default @Nullable CallFault fault(Call asked) {
        return null;
    }

    /// The next arrival from outside at this point. Called until there is none.
    default JournalRecord.@Nullable Arrival arrival(Place here) {
        return null;
    }

    /// The virtual time, in ticks, of the first planned arrival in an interval. The round that contains it ends
    /// there. May wait until it is known, for other machines.
    ///
    /// @param after the arrival is later
    /// @param until the arrival is earlier
    /// @param idle whether the machine does nothing before the end of the interval if nothing arrives
    /// @return `until` or later if there is none; [#NEVER] if none is planned at all
    default long arrivalBetween(long after, long until, boolean idle) {
        return NEVER;
    }

    /// The guest printed bytes at its console, in the slice that has just ended, also while a recording is being
    /// continued.
    ///
    /// @param bytes valid up to `count`, during the call
    /// @param now when the slice ended, in ticks
    default void printed(byte[] bytes, int count, long now) {}

    /// The guest sent a frame to other machines. Not called for what a recording contains.
    ///
    /// @param frame see [JournalRecord.Frame]
    /// @param now when the slice ended, in ticks
    default void sent(Bytes frame, long now) {}

    /// How many frames for this machine were dropped on their way, because too many waited already.
    default long droppedFrames() {
        return 0;
    }

    /// A recording that is being replayed or continued contains this input, so it must not happen again.
    default void passOver(JournalRecord.Input recorded, Place here) {}

    /// A slice is granted: everything up to its beginning is chosen.
    ///
    /// @param slice its ordinal, from 0
    default void granted(long slice) {}

    /// In a recording that is replayed or continued, the vCPU of the next turn was this one.
    ///
    /// @param ready as for [#turn]
    default void recorded(ChoicePoint asked, long ready, Turn turn) {}

    /// The planned inputs that have not happened.
    default Left left() {
        return Left.NOTHING;
    }

    /// The defaults: the machine's schedule, nothing from outside, and no entropy. Enough for a replay.
    static Choices defaults() {
        return new Choices() {};
    }
}

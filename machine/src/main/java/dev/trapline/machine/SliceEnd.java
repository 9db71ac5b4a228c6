package dev.trapline.machine;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.policy.Decision;
import java.util.List;

/// How a slice ended, and what its machine must do. A closed set: every exit leads to exactly one of these, and the
/// registry has already decided a hypercall.
public sealed interface SliceEnd {

    /// The record of the slice.
    Slice slice();

    /// The vCPU at the end of the slice.
    Reading reading();

    /// The highest value of a counter that any vCPU of the machine has been shown by the end of the slice. A
    /// hypercall shows its time, because a service may tell its caller.
    long shown();

    /// What a machine reads from a vCPU at the end of each slice.
    ///
    /// @param fullDigest of all registers, where one was due; 0 otherwise
    /// @param timerDeadline when the first of the vCPU's timers asserts its interrupt: see
    ///     [dev.trapline.abi.engine.Engine#deadline]
    /// @param renewals where its engine was replaced because it asked for it: see [RenewableEngine#renewed]
    record Reading(long fullDigest, long timerDeadline, List<Long> renewals) {

        /// Before the first slice.
        static final Reading NONE = new Reading(0, Engine.NO_DEADLINE, List.of());

        /// This reading if it has the given values, as after most slices; otherwise a new one.
        Reading or(long nextDigest, long nextDeadline, List<Long> nextRenewals) {
            return nextDigest == fullDigest && nextDeadline == timerDeadline && nextRenewals.equals(renewals)
                    ? this
                    : new Reading(nextDigest, nextDeadline, nextRenewals);
        }
    }

    /// An end that the machine handles itself.
    sealed interface Own extends SliceEnd {}

    /// A hypercall.
    sealed interface Call extends SliceEnd {

        /// What the registry says about it.
        Decision decision();
    }

    /// A hypercall that a service gets.
    sealed interface Served extends Call {

        /// The call as the service gets it.
        ServiceCall call();

        /// The same, but the service gets another call.
        Served with(HypercallExit exit);

        @Override
        default long shown() {
            return call().time();
        }
    }

    /// The budget is used up.
    record BudgetUsed(Slice slice, Reading reading, long shown) implements Own {}

    /// An interrupt for firmware: the machine takes it before the next slice.
    record Interrupted(Slice slice, Reading reading, long shown) implements Own {}

    /// WFI, or a WFE that waits.
    record Waits(Slice slice, Reading reading, long shown) implements Own {}

    /// Maintenance that affects the other vCPUs.
    record Maintains(Slice slice, Reading reading, long shown, Exit.Maintenance operation) implements Own {}

    /// A fault of the guest.
    ///
    /// @param registers at the fault
    record Faulted(Slice slice, Reading reading, long shown, GuestFault fault, GeneralRegisters registers)
            implements Own {}

    /// A hypercall that no service answers.
    record Denied(Slice slice, Reading reading, long shown, Decision.Denied decision) implements Own, Call {

        private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(-1);

        /// What it returns: nothing if its condition check failed, because it was not made then.
        RegisterWrites registers() {
            return decision.reason() == Decision.Reason.CONDITION ? RegisterWrites.NONE : NOT_SUPPORTED;
        }
    }

    /// A hypercall that gets an answer which is not that of a service, because of a fault.
    ///
    /// @param registers what it returns
    record Refused(Slice slice, Reading reading, long shown, Decision decision, RegisterWrites registers)
            implements Own {}

    /// A hypercall whose service failed before it got the call.
    record Unanswered(Slice slice, Reading reading, long shown, ServiceFailure failure) implements Own {}

    /// A hypercall that a service of the machine answers in place.
    record Resident(Slice slice, Reading reading, ServiceCall call, Decision.Resident decision) implements Own, Served {
        @Override
        public Resident with(HypercallExit exit) {
            return new Resident(slice, reading, call.with(exit), decision);
        }
    }

    /// A hypercall that goes to a service's actor. The machine learns of it with the answer.
    record Forwarded(Slice slice, Reading reading, ServiceCall call, Decision.Forwarded decision) implements Served {
        @Override
        public Forwarded with(HypercallExit exit) {
            return new Forwarded(slice, reading, call.with(exit), decision);
        }
    }
}

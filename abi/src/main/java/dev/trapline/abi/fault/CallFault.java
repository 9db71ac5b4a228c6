package dev.trapline.abi.fault;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.MachineSpec;

/// What goes wrong with one hypercall. A closed set.
///
/// A recording has the fault in front of the slice that ends with the call, and a replay takes it from there. The
/// registry decides the call as without the fault.
public sealed interface CallFault extends Fault {

    /// A time that never ends.
    long FOREVER = Engine.NO_DEADLINE;

    /// Whether the fault is possible only for a call that a service gets. Denied calls get none.
    default boolean needsService() {
        return switch (this) {
            case WrongArgument _, Repeated _, Forgotten _, Crashed _ -> true;
            case Refused _, WrongResult _, Late _, Lost _ -> false;
        };
    }

    /// No service gets the call: it returns at once.
    ///
    /// @param result what it returns; other registers keep their values
    record Refused(RegisterWrites result) implements CallFault {
        public Refused {
            requireAny(result);
        }
    }

    /// The service gets other arguments than the caller gave. The caller keeps its own.
    ///
    /// @param arguments x1 and registers above it: x0 is the function
    record WrongArgument(RegisterWrites arguments) implements CallFault {
        /// @throws IllegalArgumentException if it changes x0, or nothing
        public WrongArgument {
            requireAny(arguments);
            if ((arguments.mask() & 1) != 0) {
                throw new IllegalArgumentException("x0 is the function, and not an argument");
            }
        }
    }

    /// The call returns other values than its service answered, also in registers that a call must keep. What the
    /// service did stays done.
    ///
    /// @param registers replace the answer's, or are returned in addition
    record WrongResult(RegisterWrites registers) implements CallFault {
        public WrongResult {
            requireAny(registers);
        }
    }

    /// The service answers, and its effects happen at once, but the caller continues later.
    ///
    /// @param ticks how much later, 1 or more
    record Late(long ticks) implements CallFault {
        /// @throws IllegalArgumentException if there is no such time
        public Late {
            requireTime(ticks, false);
        }
    }

    /// No service gets the call, and the caller waits; no interrupt ends that. Then it continues behind the call,
    /// with all its registers as they were.
    ///
    /// @param ticks how long, 1 or more; [#FOREVER] until the machine is reset
    record Lost(long ticks) implements CallFault {
        /// @throws IllegalArgumentException if there is no such time
        public Lost {
            requireTime(ticks, true);
        }
    }

    /// The service gets the call twice. The caller gets the second answer, and the effects of both happen, the
    /// first one's first. If the first answer does not let the caller continue, there is no second one.
    record Repeated() implements CallFault {}

    /// The service forgets its state, as at a reset, and then answers.
    record Forgotten() implements CallFault {}

    /// The actor of the service crashes, and is replaced. It makes no difference whether the service is resident.
    ///
    /// @param when in relation to its work
    /// @param error what the call returns if it is not answered; none if it crashes after its work
    record Crashed(When when, RegisterWrites error) implements CallFault {

        /// When it crashes.
        public enum When {
            /// Before its work: the state is the one before the call, and the call returns the error.
            BEFORE,
            /// In its work, which is lost: as before it.
            WHILE,
            /// After its work: the state and the answer stand.
            AFTER
        }

        /// @throws IllegalArgumentException if the call is not answered, and returns nothing
        public Crashed {
            if (when == When.AFTER) {
                error = RegisterWrites.NONE;
            } else {
                requireAny(error);
            }
        }
    }

    private static void requireAny(RegisterWrites writes) {
        if (writes.count() == 0) {
            throw new IllegalArgumentException("a fault that changes no register");
        }
    }

    private static void requireTime(long ticks, boolean forever) {
        if ((ticks < 1 || ticks > MachineSpec.LAST_DEADLINE) && !(forever && ticks == FOREVER)) {
            throw new IllegalArgumentException("a fault that takes " + ticks + " ticks");
        }
    }
}

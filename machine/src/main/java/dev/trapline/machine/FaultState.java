package dev.trapline.machine;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A fault in the state of a machine.
final class FaultState {

    private static final int NONE = 0;
    private static final int REFUSED = 1;
    private static final int WRONG_ARGUMENT = 2;
    private static final int WRONG_RESULT = 3;
    private static final int LATE = 4;
    private static final int LOST = 5;
    private static final int REPEATED = 6;
    private static final int FORGOTTEN = 7;
    private static final int CRASHED = 8;

    private static final List<CallFault.Crashed.When> WHEN = List.of(CallFault.Crashed.When.values());

    private FaultState() {}

    static void put(StateWriter state, @Nullable CallFault fault) {
        switch (fault) {
            case null -> state.put(NONE);
            case CallFault.Refused(RegisterWrites result) -> put(state, REFUSED, result);
            case CallFault.WrongArgument(RegisterWrites arguments) -> put(state, WRONG_ARGUMENT, arguments);
            case CallFault.WrongResult(RegisterWrites registers) -> put(state, WRONG_RESULT, registers);
            case CallFault.Late(long ticks) -> {
                state.put(LATE);
                state.put(ticks);
            }
            case CallFault.Lost(long ticks) -> {
                state.put(LOST);
                state.put(ticks);
            }
            case CallFault.Repeated _ -> state.put(REPEATED);
            case CallFault.Forgotten _ -> state.put(FORGOTTEN);
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites error) -> {
                put(state, CRASHED, error);
                state.put(WHEN.indexOf(when));
            }
        }
    }

    private static void put(StateWriter state, int kind, RegisterWrites writes) {
        state.put(kind);
        put(state, writes);
    }

    /// Register values.
    static void put(StateWriter state, RegisterWrites writes) {
        state.put(writes.mask());
        for (int k = 0; k < writes.count(); k++) {
            state.put(writes.value(k));
        }
    }

    static @Nullable CallFault take(StateReader state) {
        int kind = state.takeInt();
        try {
            return switch (kind) {
                case NONE -> null;
                case REFUSED -> new CallFault.Refused(takeWrites(state));
                case WRONG_ARGUMENT -> new CallFault.WrongArgument(takeWrites(state));
                case WRONG_RESULT -> new CallFault.WrongResult(takeWrites(state));
                case LATE -> new CallFault.Late(state.take());
                case LOST -> new CallFault.Lost(state.take());
                case REPEATED -> new CallFault.Repeated();
                case FORGOTTEN -> new CallFault.Forgotten();
                case CRASHED -> {
                    RegisterWrites error = takeWrites(state);
                    yield new CallFault.Crashed(WHEN.get(state.takeInt()), error);
                }
                default -> throw new StateDamagedException("a fault of the unknown kind " + kind);
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new StateDamagedException("a fault that cannot be: " + e.getMessage());
        }
    }

    /// Register values: the reverse of [#put].
    static RegisterWrites takeWrites(StateReader state) {
        RegisterWrites writes = RegisterWrites.NONE;
        for (int rest = state.takeInt(); rest != 0; rest &= rest - 1) {
            writes = writes.and(Integer.numberOfTrailingZeros(rest), state.take());
        }
        return writes;
    }
}

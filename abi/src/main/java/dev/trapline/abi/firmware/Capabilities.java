package dev.trapline.abi.firmware;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;

/// Lets a service ask how a call would be decided: the machine's capability registry at the time of the current call.
/// Immutable, so that an answer that depends on it is the same in a replay.
public interface Capabilities {

    /// How a call would be decided.
    enum DecisionKind {
        /// Answered with NOT_SUPPORTED at once.
        DENIED,
        /// Answered in place by a service.
        RESIDENT,
        /// Sent to a service's actor.
        FORWARDED
    }

    /// The decision for a call, without making it.
    ///
    /// @param immediate the instruction's #imm, 0 to 65535
    /// @param functionId the value of w0
    DecisionKind decisionOn(Conduit conduit, int immediate, int functionId, ExecutionState state);

    /// The function that an SMCCC call with this value in w0 calls: without the caller's SVE hint, on a machine
    /// that accepts hints.
    ///
    /// @param functionId the value of w0
    default FunctionId named(int functionId) {
        return new FunctionId(functionId);
    }

    /// Whether the machine's services have a function: false for one that the service that claims it lacks in this
    /// machine's version or by its settings.
    default boolean offers(FunctionId function) {
        return true;
    }

    /// The functions that the machine's services have, ascending, each once.
    default List<FunctionId> functions() {
        return List.of();
    }
}

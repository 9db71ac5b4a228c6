package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// STAT_RESIDENCY and STAT_COUNT (DEN0022 §5.21, §5.22), for the domain at the highest level that does not run in
/// `power_state`. They return no errors: for a CPU or a state that does not exist they return 0.
final class PowerStatistics {

    private PowerStatistics() {}

    static Reply<PsciState> residency(PsciState state, ServiceCall call) {
        return answer(state, call, true);
    }

    static Reply<PsciState> count(PsciState state, ServiceCall call) {
        return answer(state, call, false);
    }

    private static Reply<PsciState> answer(PsciState state, ServiceCall call, boolean residency) {
        long target = PowerTree.core(state.topology(), Arguments.argument(call, 1));
        IdleState idle = state.settings().states().find(Arguments.word(call, 2));
        if (target == 0 || idle == null) {
            return Reply.x0(state, 0);
        }
        int core = Long.numberOfTrailingZeros(target);
        Statistics statistics = state.statistics();
        long value = residency
                ? statistics.residency(state.topology(), core, idle)
                : statistics.count(state.topology(), core, idle);
        return Reply.x0(state, Arguments.ofWidth(call, value));
    }
}

package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// AFFINITY_INFO and NODE_HW_STATE (DEN0022 §5.7, §5.18): the requested state, and the state of the hardware.
final class PowerQueries {

    private static final long ON = 0;
    private static final long OFF = 1;
    private static final long ON_PENDING = 2;

    private PowerQueries() {}

    /// A level above 0 is on if one of its CPUs is; affinity fields below the level are ignored. A suspended CPU is
    /// on; a frozen CPU is off.
    static Reply<PsciState> affinityInfo(PsciState state, ServiceCall call) {
        int level = Arguments.word(call, 2);
        boolean known = level >= 0 && level <= state.settings().affinityLevel();
        long cpus = known ? PowerTree.instance(state.topology(), Arguments.argument(call, 1), level) : 0;
        if (cpus == 0) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        if ((cpus & ~state.settings().disabled()) == 0) {
            return Answers.status(state, PsciStatus.DISABLED);
        }
        long on = state.cpus().on() & cpus;
        if (on == 0) {
            return Reply.x0(state, OFF);
        }
        return Reply.x0(state, state.cpus().pending(on, call.time()) == on ? ON_PENDING : ON);
    }

    static Reply<PsciState> nodeHardwareState(PsciState state, ServiceCall call) {
        long core = PowerTree.core(state.topology(), Arguments.argument(call, 1));
        int level = Arguments.word(call, 2);
        if (core == 0 || level < 0 || level > PowerTree.SYSTEM) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        long members = PowerTree.members(state.topology(), Long.numberOfTrailingZeros(core), level);
        return Reply.x0(state, state.tree().state(level, members).hardwareState());
    }
}

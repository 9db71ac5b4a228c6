package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// The calls that suspend the caller: CPU_SUSPEND, CPU_DEFAULT_SUSPEND and SYSTEM_SUSPEND (DEN0022 §5.4, §5.17, §5.19).
///
/// After standby a CPU continues after its call, with its registers and SUCCESS in x0; the entry point is ignored.
/// After power-down it resumes at the entry point, with the data endianness that it had at its call (§6.4). If an
/// interrupt is pending, the CPU enters no idle state: it continues after its call immediately, and the statistics do
/// not count the call.
final class CpuSuspend {

    private CpuSuspend() {}

    static Reply<PsciState> suspend(PsciState state, ServiceCall call, GuestMemory memory) {
        IdleState idle = state.settings().states().find(Arguments.word(call, 1));
        if (idle == null) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        CpuStates cpus = state.cpus().withSuspender(call.caller().bit());
        return enter(state, cpus, idle, call, 2, memory);
    }

    static Reply<PsciState> defaultSuspend(PsciState state, ServiceCall call, GuestMemory memory) {
        return enter(state, state.cpus(), state.settings().defaultSuspend(), call, 1, memory);
    }

    /// All other CPUs must be off. Then this is a suspend to the deepest state.
    static Reply<PsciState> systemSuspend(PsciState state, ServiceCall call, GuestMemory memory) {
        if ((state.cpus().on() & ~call.caller().bit()) != 0) {
            return Answers.status(state, PsciStatus.DENIED);
        }
        return enter(state, state.cpus(), IdleState.SYSTEM_SUSPEND, call, 1, memory);
    }

    /// @param entryAt the argument that is the entry point; `context_id` is the next one
    private static Reply<PsciState> enter(
            PsciState state, CpuStates cpus, IdleState idle, ServiceCall call, int entryAt, GuestMemory memory) {
        VcpuId caller = call.caller();
        long entry = Arguments.argument(call, entryAt);
        if (idle.isPowerDown() && !Arguments.isEntryPoint(call, entry, memory)) {
            return Answers.status(state, PsciStatus.INVALID_ADDRESS);
        }
        if (state.osInitiated()) {
            PsciStatus refused = OsInitiated.check(state.tree(), state.topology(), caller.index(), idle);
            if (refused != PsciStatus.SUCCESS) {
                return Answers.status(state, refused);
            }
        }
        PowerTree tree = state.osInitiated()
                ? OsInitiated.enter(state, caller.index(), idle)
                : platformCoordinated(state.tree(), caller.bit(), idle);
        Effect effect = idle.isPowerDown()
                ? new Effect.PowerDown(
                        caller,
                        entry,
                        Arguments.argument(call, entryAt + 1),
                        call.exit().dataOrder())
                : new Effect.Standby(caller);
        return Answers.success(state.moved(cpus.withSuspended(caller.bit()), tree, caller, call.time()), effect);
    }

    /// The caller requests a state for each domain. The tree computes the deepest state that all CPUs allow.
    private static PowerTree platformCoordinated(PowerTree tree, long caller, IdleState idle) {
        PowerTree changed = tree;
        for (int level = PowerTree.CORE; level <= PowerTree.SYSTEM; level++) {
            changed = changed.with(level, caller, idle.at(level));
        }
        return changed;
    }
}

package dev.trapline.firmware.psci;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// PSCI as a function of its state and a call (DEN0022). Order of checks: target, then entry point, then state.
final class PsciLogic {

    private static final long AFFINITY_ON = 0;
    private static final long AFFINITY_OFF = 1;
    private static final long HIGHEST_LEVEL = 3;
    private static final int BITS_OF_LEVEL = 8;
    private static final int INSTRUCTION_BYTES = 4;
    private static final int T32_INSTRUCTION_BYTES = 2;

    private PsciLogic() {}

    static Reply<PsciState> apply(PsciState state, ServiceCall call, GuestMemory memory) {
        SmcccCall smccc = call.smccc();
        PsciFunction function = PsciFunction.of(smccc.functionId(), state.version());
        if (function == null) {
            return status(state, PsciStatus.NOT_SUPPORTED);
        }
        return switch (function) {
            case VERSION -> Reply.x0(state, state.version().value());
            case FEATURES -> status(state, features(state.version(), call));
            case CPU_ON -> cpuOn(state, call, memory);
            case CPU_OFF -> Reply.of(state.withOff(call.caller()), new Effect.PowerOff(call.caller()));
            case AFFINITY_INFO -> affinityInfo(state, smccc.argument(1), smccc.argument(2));
            case SYSTEM_OFF -> Reply.of(state, new Effect.SystemOff());
            case SYSTEM_RESET -> Reply.of(state, new Effect.SystemReset(Effect.SystemReset.Reset.COLD));
        };
    }

    /// DEN0022 §5.6; version 0.1 has no status for a CPU that is on or an address that is wrong. The CPU starts in
    /// the caller's execution state; INVALID_ADDRESS is for an entry point where nothing can run.
    private static Reply<PsciState> cpuOn(PsciState state, ServiceCall made, GuestMemory memory) {
        SmcccCall call = made.smccc();
        boolean legacy = state.version() == PsciVersion.V0_1;
        VcpuId target = state.topology().find(legacy ? call.x(1) : call.argument(1));
        if (target == null) {
            return status(state, PsciStatus.INVALID_PARAMETERS);
        }
        long entry = legacy ? call.x(2) : call.argument(2);
        if (!canStartAt(entry, call.exit().state(), memory)) {
            return status(state, legacy ? PsciStatus.INVALID_PARAMETERS : PsciStatus.INVALID_ADDRESS);
        }
        if (state.isOn(target)) {
            return status(state, legacy ? PsciStatus.INVALID_PARAMETERS : PsciStatus.ALREADY_ON);
        }
        return new Reply<>(
                state.withOn(target),
                RegisterWrites.x0(PsciStatus.SUCCESS.code()),
                List.of(new Effect.PowerOn(target, entry, legacy ? call.x(3) : call.argument(3), made.time())));
    }

    /// An A64 or A32 entry point is aligned to its instructions. From AArch32, bit 0 selects T32 (DEN0022 §6.4),
    /// whose instructions stand at any halfword.
    private static boolean canStartAt(long entry, ExecutionState caller, GuestMemory memory) {
        if (caller.isAarch32() && (entry & 1) != 0) {
            return memory.contains(entry - 1, T32_INSTRUCTION_BYTES);
        }
        return entry % INSTRUCTION_BYTES == 0 && memory.contains(entry, INSTRUCTION_BYTES);
    }

    /// DEN0022 §5.7. A level above 0 is on as soon as one of the CPUs under it is; the affinity fields below the
    /// level are ignored.
    private static Reply<PsciState> affinityInfo(PsciState state, long affinity, long level) {
        if (Long.compareUnsigned(level, HIGHEST_LEVEL) > 0 || (affinity & ~Mpidr.AFFINITY_MASK) != 0) {
            return status(state, PsciStatus.INVALID_PARAMETERS);
        }
        boolean found = false;
        for (int index = 0; index < state.topology().vcpus(); index++) {
            VcpuId vcpu = new VcpuId(index);
            if (above(state.topology().mpidr(vcpu).affinity(), level) == above(affinity, level)) {
                found = true;
                if (state.isOn(vcpu)) {
                    return Reply.x0(state, AFFINITY_ON);
                }
            }
        }
        return found ? Reply.x0(state, AFFINITY_OFF) : status(state, PsciStatus.INVALID_PARAMETERS);
    }

    /// The affinity fields from a level upwards, as one number.
    private static long above(long affinity, long level) {
        long packed = (affinity & 0xff_ffff) | ((affinity >>> 32 & 0xff) << 24);
        return packed >>> (level * BITS_OF_LEVEL);
    }

    /// DEN0022 §5.15. SMCCC_VERSION is told here too: that is how a caller finds SMCCC 1.1. What the machine's
    /// policy denies is not there.
    private static PsciStatus features(PsciVersion version, ServiceCall call) {
        FunctionId asked = new FunctionId((int) call.smccc().argument(1));
        @Nullable PsciFunction function = PsciFunction.of(asked, version);
        boolean known = function != null || asked.equals(FunctionId.fast32(0, 0));
        return known && call.reaches(asked) ? PsciStatus.SUCCESS : PsciStatus.NOT_SUPPORTED;
    }

    private static Reply<PsciState> status(PsciState state, PsciStatus status) {
        return Reply.x0(state, status.code());
    }
}

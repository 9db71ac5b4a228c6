package dev.trapline.firmware.psci;

import dev.trapline.abi.ExecutionState;
import org.jspecify.annotations.Nullable;

/// The settings of a machine's PSCI, parsed and checked by [SettingsReader].
///
/// @param version the version that it has
/// @param wired the functions that are there, a bit each by number: what is dispatched and what PSCI_FEATURES tells
/// @param trustedOs what it says of a Trusted OS
/// @param trustedOsCpu the vCPU that the Trusted OS sits on when the machine starts
/// @param unplugged CPUs that are present and may not be turned on
/// @param disabled CPUs of which firmware says that they are disabled
/// @param failing CPUs that do not come up when they are turned on
/// @param states what CPU_SUSPEND can ask for
/// @param defaultSuspend what CPU_DEFAULT_SUSPEND does: a state of the core alone
/// @param onPending ticks from CPU_ON until the CPU is on
/// @param affinityLevel the highest level that AFFINITY_INFO knows, 0 to 3
/// @param vendorResets what SYSTEM_RESET2 knows beyond the architecture's
record PsciSettings(
        PsciVersion version,
        int wired,
        TrustedOs trustedOs,
        int trustedOsCpu,
        long unplugged,
        long disabled,
        long failing,
        IdleStates states,
        IdleState defaultSuspend,
        long onPending,
        int affinityLevel,
        VendorResets vendorResets) {

    /// The function that answers an identifier, called from an execution state.
    ///
    /// @return null if there is none: its call is NOT_SUPPORTED, and PSCI_FEATURES says so
    @Nullable
    PsciFunction function(int id, ExecutionState caller) {
        PsciFunction function = version == PsciVersion.V0_1 ? PsciFunction.ofLegacyId(id) : PsciFunction.ofId(id);
        if (function == null || !has(function)) {
            return null;
        }
        boolean wide = version != PsciVersion.V0_1 && (id & 1 << 30) != 0;
        return wide && caller.isAarch32() ? null : function;
    }

    boolean has(PsciFunction function) {
        return (wired & function.bit()) != 0;
    }

    /// The functions of a version, without those left out and those that the Trusted OS has no use for.
    static int wired(PsciVersion version, int without, TrustedOs trustedOs) {
        int wired = 0;
        for (PsciFunction function : PsciFunction.values()) {
            if (function.existsIn(version)) {
                wired |= function.bit();
            }
        }
        if (!trustedOs.isResidentOnOneCpu()) {
            wired &= ~(PsciFunction.MIGRATE.bit() | PsciFunction.MIGRATE_INFO_UP_CPU.bit());
        }
        return wired & ~without;
    }
}

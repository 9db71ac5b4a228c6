package dev.trapline.firmware.psci;

import dev.trapline.abi.ExecutionState;
import org.jspecify.annotations.Nullable;

/// The settings of a machine's PSCI, parsed and checked by [SettingsReader].
///
/// @param version the version of PSCI
/// @param wired the implemented functions, one bit each by number: those that are dispatched and that PSCI_FEATURES
///     reports
/// @param trustedOs the kind of Trusted OS that it reports
/// @param trustedOsCpu the vCPU on which the Trusted OS runs when the machine starts
/// @param unplugged CPUs that are present but must not be turned on
/// @param disabled CPUs that the firmware reports as disabled
/// @param failing CPUs that fail when they are turned on
/// @param states the states that CPU_SUSPEND can request
/// @param defaultSuspend the state that CPU_DEFAULT_SUSPEND enters: a state of the core only
/// @param onPending ticks from CPU_ON until the CPU is on
/// @param affinityLevel the highest level that AFFINITY_INFO accepts, 0 to 3
/// @param vendorResets the vendor-specific reset types of SYSTEM_RESET2
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
    /// @return null if there is none: its call returns NOT_SUPPORTED, and so does PSCI_FEATURES for it
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

    /// The functions of a version, without those in `without` and those that need a Trusted OS on one CPU, if there
    /// is none.
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

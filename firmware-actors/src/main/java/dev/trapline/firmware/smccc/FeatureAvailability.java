package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;

/// SMCCC_ARCH_FEATURE_AVAILABILITY: which features of the CPU EL3 makes available to lower exception levels (DEN0028
/// §7.8).
///
/// A mask has the layout of the system register that the caller names. A bit is 1 if the feature is present and does
/// not trap, even if the register's own bit has the opposite meaning. The machine's CPUs are Armv8.0: bits of later
/// features are 0.
///
/// ```text
/// SCR_EL3    0x1E1100   0: FGT, HCX, ECV, MTE, PAuth, RAS ... are later
/// CPTR_EL3   0x1E1140   TCPAC[31] CPACR_EL1, TFP[10] floating point and SIMD
/// MDCR_EL3   0x1E1320   TDOSA[10] OS lock, TDA[9] debug registers, TPM[6] performance monitors
/// MPAM3_EL3  0x1EA500   0: MPAM is later
/// ```
///
/// Any other register is INVALID_PARAMETER. TF-A computes the masks in `arm_arch_svc_setup.c` from its build options.
/// It also reports the system registers of a trace unit (TTA) and RAS (TERR, FIEN) if the CPU does not have them.
final class FeatureAvailability {

    private static final long SCR_EL3 = 0x1e_1100;
    private static final long CPTR_EL3 = 0x1e_1140;
    private static final long MDCR_EL3 = 0x1e_1320;
    private static final long MPAM3_EL3 = 0x1e_a500;

    private static final long NO_FEATURES = 0;
    private static final long CPTR_FEATURES = 1L << 31 | 1L << 10;
    private static final long MDCR_FEATURES = 1L << 10 | 1L << 9 | 1L << 6;

    private FeatureAvailability() {}

    /// Answers the call.
    ///
    /// @param selector the register's encoding, as in bits 20:5 of MRS
    static RegisterWrites answer(long selector) {
        if (selector == SCR_EL3 || selector == MPAM3_EL3) {
            return available(NO_FEATURES);
        }
        if (selector == CPTR_EL3) {
            return available(CPTR_FEATURES);
        }
        if (selector == MDCR_EL3) {
            return available(MDCR_FEATURES);
        }
        return RegisterWrites.fromX0(SmcccStatus.INVALID_PARAMETER.code(), NO_FEATURES);
    }

    private static RegisterWrites available(long mask) {
        return RegisterWrites.fromX0(SmcccStatus.SUCCESS.code(), mask);
    }
}

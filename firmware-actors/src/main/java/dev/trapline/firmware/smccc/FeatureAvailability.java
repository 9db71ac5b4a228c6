package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;

/// SMCCC_ARCH_FEATURE_AVAILABILITY: which features of the CPU EL3 lets its callers have (DEN0028 §7.8).
///
/// A mask has the layout of the system register that it is asked for; a bit is 1 where the feature is there and does
/// not trap, also where the register's own bit means the opposite. The CPUs that a machine can have are of Armv8.0:
/// what came later is 0.
///
/// ```text
/// SCR_EL3    0x1E1100   0: FGT, HCX, ECV, MTE, PAuth, RAS ... came later
/// CPTR_EL3   0x1E1140   TCPAC[31] CPACR_EL1, TFP[10] floating point and SIMD
/// MDCR_EL3   0x1E1320   TDOSA[10] OS lock, TDA[9] debug registers, TPM[6] performance monitors
/// MPAM3_EL3  0x1EA500   0: MPAM came later
/// ```
///
/// Any other register is INVALID_PARAMETER. TF-A computes the same in `arm_arch_svc_setup.c`, from what it was built
/// with: it also tells of the system registers of a trace unit (TTA) and of RAS (TERR, FIEN) where the CPU has none.
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
    /// @param selector the register's encoding as MRS has it in bits 20:5
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

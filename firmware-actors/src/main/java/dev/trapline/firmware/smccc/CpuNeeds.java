package dev.trapline.firmware.smccc;

import dev.trapline.abi.CpuModel;

/// Which workarounds a CPU model needs of its firmware, whatever the simulated CPU does: guests ask by model.
///
/// | model | as | CVE-2017-5715 (1) | CVE-2018-3639 (2) | CVE-2022-23960 (3) | CVE-2024-7881 (4) |
/// |---|---|---|---|---|---|
/// | Cortex-A53 | Cortex-A7 on AArch32 | no | no | no | no |
/// | Cortex-A57 | Cortex-A15 on AArch32 | yes | mitigated for good | yes | no |
/// | Cortex-A72 | Cortex-A15 on AArch32 | yes, at r0p3 | mitigated for good | yes, at r0p3 | no |
///
/// Sources: the errata tables in TF-A's `lib/cpus` (cortex_a53.S, cortex_a57.S, cortex_a72.S, cortex_a15.S), whose
/// firmware sets the bit against CVE-2018-3639 at reset, so that no call is needed; for CPUs without a fault DEN0028
/// §7.5 to §7.9. Cortex-A15 needs CVE-2017-5715 worked around as KVM for 32-bit Arm tells its guests.
final class CpuNeeds {

    private CpuNeeds() {}

    /// What the settings `auto` of a workaround stand for.
    ///
    /// @param number 1 to 4
    static Workaround workaround(int number, CpuModel model) {
        return switch (number) {
            case 1, 3 -> mispredicts(model) ? Workaround.REQUIRED : Workaround.NOT_NEEDED;
            case 2 -> Workaround.NOT_REQUIRED;
            default -> Workaround.NONE;
        };
    }

    private static boolean mispredicts(CpuModel model) {
        return switch (model) {
            case CORTEX_A53 -> false;
            case CORTEX_A57, CORTEX_A72 -> true;
        };
    }
}

package dev.trapline.firmware.smccc;

import dev.trapline.abi.CpuModel;

/// Which firmware workarounds a CPU model needs. They do not depend on the simulated CPU's behaviour, because guests
/// decide by model.
///
/// | model | as | CVE-2017-5715 (1) | CVE-2018-3639 (2) | CVE-2022-23960 (3) | CVE-2024-7881 (4) |
/// |---|---|---|---|---|---|
/// | Cortex-A53 | Cortex-A7 on AArch32 | no | no | no | no |
/// | Cortex-A57 | Cortex-A15 on AArch32 | yes | permanently mitigated | yes | no |
/// | Cortex-A72 | Cortex-A15 on AArch32 | yes, up to r1p0 | permanently mitigated | yes, up to r1p0 | no |
///
/// Sources, for AArch64: the errata tables of TF-A, `lib/cpus/aarch64/cortex_a57.S`, `cortex_a72.S` and `cortex_a53.S`,
/// and `services/arm_arch_svc/arm_arch_svc_setup.c`, which uses them. The firmware sets the mitigation bit for
/// CVE-2018-3639 at reset, so that no call is needed. `cortex_a53.S` has none of the four; Linux lists the CPU as safe
/// (`arch/arm64/kernel/proton-pack.c`). For an unaffected CPU the answers are those of DEN0028 §7.5 to §7.9; TF-A
/// returns NOT_SUPPORTED.
///
/// For AArch32: `lib/cpus/aarch32/cortex_a15.S` has CVE-2017-5715 and CVE-2022-23960; KVM told guests on a Cortex-A15
/// that the first needs the call (`kvm_arm_harden_branch_predictor` in Linux 5.2's `arch/arm/include/asm/kvm_host.h`);
/// a Cortex-A7 needs nothing (`arch/arm/mm/proc-v7-bugs.c`). TF-A built for AArch32 answers none of these calls.
final class CpuNeeds {

    private CpuNeeds() {}

    /// The meaning of the value `auto` in a workaround's setting.
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

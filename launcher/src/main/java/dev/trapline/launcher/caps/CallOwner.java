package dev.trapline.launcher.caps;

import dev.trapline.abi.smccc.FunctionId;

/// The owner of a call, in words (DEN0028 §6).
final class CallOwner {

    private static final int FIRST_TRUSTED_APPLICATION = 48;
    private static final int FIRST_TRUSTED_OS = 50;

    private CallOwner() {}

    /// The owning entity of a function identifier.
    static String name(FunctionId function) {
        int owner = function.owner();
        if (!function.isFast()) {
            return owner < 2 && !function.is64() ? "existing APIs, yielding" : "Trusted OS, yielding";
        }
        if (owner >= FIRST_TRUSTED_APPLICATION) {
            return owner < FIRST_TRUSTED_OS ? "Trusted Application" : "Trusted OS";
        }
        return switch (owner) {
            case 0 -> "Arm Architecture";
            case 1 -> "CPU Service";
            case 2 -> "SiP Service";
            case 3 -> "OEM Service";
            case 4 -> "Standard Secure Service";
            case 5 -> "Standard Hypervisor Service";
            case 6 -> "Vendor Hypervisor Service";
            case 7 -> "Vendor EL3 Monitor Service";
            default -> "reserved";
        };
    }

    /// Whether two function identifiers, and all identifiers between them, have the same owner.
    static boolean isSame(FunctionId one, FunctionId other) {
        return one.value() >>> 24 == other.value() >>> 24;
    }
}

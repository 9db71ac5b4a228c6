package dev.trapline.abi.firmware;

import java.util.Locale;

/// How a guest requested a reset of its machine; firmware passes this on to the host.
public sealed interface ResetRequest {

    /// By a call that has no arguments, as PSCI's SYSTEM_RESET.
    record Plain() implements ResetRequest {
        @Override
        public String toString() {
            return "SYSTEM_RESET";
        }
    }

    /// By PSCI's SYSTEM_RESET2 (DEN0022 §5.12).
    ///
    /// @param type as the guest gave it: 0 is the architecture's warm reset, bit 31 marks a vendor's reset
    /// @param cookie as the guest gave it, zero-extended from 32 bits for an SMC32 call; only a vendor's reset
    ///     gives it a meaning
    record Typed(int type, long cookie) implements ResetRequest {

        /// Whether a vendor defined the type, and not the architecture.
        public boolean isVendor() {
            return type < 0;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "SYSTEM_RESET2 type 0x%x, cookie 0x%x", type, cookie);
        }
    }
}

package dev.trapline.registry;

import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import java.util.List;

/// An error in a policy. A closed set. The first five are those of KVM's SMCCC filter, with its error numbers.
public sealed interface RegistryError {

    /// A range of no functions (EINVAL).
    record EmptyRange(Rule rule) implements RegistryError {}

    /// A range that goes beyond the last identifier (EINVAL).
    record WrappingRange(Rule rule) implements RegistryError {}

    /// Two rules of the same kind name the same call, even with the same action (EEXIST).
    record Overlap(Kind kind, Rule one, Rule other) implements RegistryError {}

    /// A rule names Arm Architecture calls: it could give a guest wrong information about its CPU (EEXIST).
    record Reserved(Rule rule) implements RegistryError {}

    /// A rule names only identifiers with the SVE hint, on a machine that accepts hints: it would never match a
    /// call.
    record OnlyHinted(Rule rule) implements RegistryError {}

    /// Another value for a pseudo firmware register after a vCPU has run (EBUSY).
    ///
    /// @param is the current value
    /// @param asked the requested value
    record VcpuHasRun(String register, long is, long asked) implements RegistryError {}

    /// A rule forwards to a service that does not exist.
    record UnknownService(Rule rule, String service, List<String> known) implements RegistryError {}

    /// A rule for the claiming service, for calls that no service claims.
    record NobodyClaims(Rule rule) implements RegistryError {}

    /// An unknown toggle.
    record UnknownToggle(String toggle, List<String> known) implements RegistryError {}

    /// Two services, or a service and a toggle, have the same name.
    record DuplicateName(String name) implements RegistryError {}

    /// Two services claim the same calls.
    record ClaimOverlap(String one, Claim oneClaim, String other, Claim otherClaim) implements RegistryError {
        static ClaimOverlap of(IdRange<ServiceDescriptor> below, IdRange<ServiceDescriptor> above) {
            return new ClaimOverlap(
                    below.owner().name(), below.claim(), above.owner().name(), above.claim());
        }
    }

    /// Two services claim the same #imm.
    record ImmediateOverlap(String one, String other, int immediate) implements RegistryError {}

    /// The machine has no such pseudo firmware register (ENOENT).
    ///
    /// @param register its name or identifier, as it was given
    record UnknownRegister(String register, List<String> known) implements RegistryError {}

    /// A pseudo firmware register cannot have this value (EINVAL).
    ///
    /// @param takes the allowed values, in words
    record BadRegisterValue(String register, long value, String takes) implements RegistryError {}

    /// Two services say that they are the same bit of a pseudo firmware register, or the same register.
    ///
    /// @param place which, as [dev.trapline.abi.firmware.KvmRegister#place] has it
    record RegisterOverlap(String one, String other, String place) implements RegistryError {}

    /// A setting that a register shows has a value that the machine cannot have.
    ///
    /// @param reason the version, the reason, and what to do
    record BadSetting(String service, String reason) implements RegistryError {}

    /// The error, its location, and what to do, in one sentence.
    default String message() {
        return switch (this) {
            case EmptyRange(Rule rule) -> rule + " names no function: give a count of 1 or more";
            case WrappingRange(Rule rule) -> rule + " goes beyond 0xFFFFFFFF: give a smaller count";
            case Overlap(Kind kind, Rule one, Rule other) ->
                one + " and " + other + " overlap: two rules of one kind (" + kind.description()
                        + ") may not name the same call";
            case Reserved(Rule rule) ->
                rule
                        + " reaches into the Arm Architecture calls (0x80000000 to 0x8000FFFF and 0xC0000000 to"
                        + " 0xC000FFFF), which are reserved: leave them out";
            case OnlyHinted(Rule rule) ->
                rule + " names only identifiers with the SVE hint (bit 16), which call the same functions as "
                        + "those without it: name those, or switch the toggle '" + Toggle.SVE_HINT + "' off";
            case VcpuHasRun(String register, long is, long asked) ->
                "firmware register " + register + " is 0x" + Long.toHexString(is) + " and cannot become 0x"
                        + Long.toHexString(asked) + " (EBUSY): a vCPU has run, so only a reconfiguration, which "
                        + "is recorded, can change the policy";
            case UnknownService(Rule rule, String service, List<String> known) ->
                rule + " forwards to '" + service + "', but there is no such service (there are: " + "" + names(known)
                        + ")";
            case NobodyClaims(Rule rule) ->
                rule + " names calls that no service claims: add 'service' to say " + "which service gets them";
            case UnknownToggle(String toggle, List<String> known) ->
                "there is no toggle '" + toggle + "' (there are: " + names(known) + ")";
            case DuplicateName(String name) -> "two services or toggles are named '" + name + "'";
            case ClaimOverlap(String one, Claim oneClaim, String other, Claim otherClaim) ->
                "the claim of service '" + one + "' (" + oneClaim.first() + " to " + oneClaim.last()
                        + ") and the claim of service '" + other + "' (" + otherClaim.first() + " to "
                        + otherClaim.last() + ") overlap";
            case ImmediateOverlap(String one, String other, int immediate) ->
                "services '" + one + "' and '" + other + "' both claim HVC with #imm " + immediate;
            case UnknownRegister(String register, List<String> known) ->
                "there is no firmware register " + register + " (ENOENT; there are: " + names(known) + ")";
            case BadRegisterValue(String register, long value, String takes) ->
                "firmware register " + register + " takes " + takes + ", not 0x" + Long.toHexString(value)
                        + " (EINVAL)";
            case RegisterOverlap(String one, String other, String place) ->
                "services '" + one + "' and '" + other + "' both have " + place + " of the firmware registers";
            case BadSetting(String service, String reason) -> "service '" + service + "': " + reason;
        };
    }

    private static String names(List<String> known) {
        return known.isEmpty() ? "none" : String.join(", ", known);
    }
}

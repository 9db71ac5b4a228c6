package dev.trapline.abi.policy;

import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A capability that is switched on or off by its name: some of every machine, and two of each service.
///
/// @param name lower-case with dashes
/// @param defaultOn whether it is on by default
/// @param help what it does, in one line
public record Toggle(String name, boolean defaultOn, String help) {

    /// Whether SMC calls are answered at all.
    public static final String SMC = "smc";
    /// Whether HVC calls are answered at all.
    public static final String HVC = "hvc";
    /// Calls that no rule names go to the service that claims them.
    public static final String FORWARD_UNHANDLED = "forward-unhandled";
    /// AArch32 calls that failed their condition check become exits.
    public static final String EXPORT_FAILED_CONDITION_CALLS = "export-failed-condition-calls";

    /// Bit 16 of a fast function identifier is the SVE hint.
    public static final String SVE_HINT = "sve-hint";

    private static final List<Toggle> GENERAL = List.of(
            new Toggle(SMC, true, "SMC calls are answered; off: each is denied"),
            new Toggle(HVC, true, "HVC calls are answered; off: each is denied"),
            new Toggle(
                    FORWARD_UNHANDLED,
                    true,
                    "a call that no rule names goes to the service that claims it; off: only if that one is resident"),
            new Toggle(
                    EXPORT_FAILED_CONDITION_CALLS,
                    false,
                    "AArch32 calls that failed their condition check become exits; off: they are skipped"),
            new Toggle(
                    SVE_HINT,
                    true,
                    "bit 16 of a fast call is the SVE hint of SMCCC 1.3 and names no other function; off: it does"));

    /// Every toggle of a machine with these services.
    public static List<Toggle> of(Collection<ServiceDescriptor> services) {
        List<Toggle> all = new ArrayList<>(GENERAL);
        for (ServiceDescriptor service : services) {
            String name = service.name();
            all.add(new Toggle(name, true, "'" + name + "' answers its calls; off: each is denied"));
            all.add(new Toggle(
                    ServiceDescriptor.toggleToUser(name),
                    true,
                    "calls of '" + name + "' go to its actor; off: they are answered in place"));
        }
        return all;
    }
}

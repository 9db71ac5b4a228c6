package dev.trapline.abi.firmware;

import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import java.util.Objects;

/// What a firmware service is, without running it.
///
/// @param name short and lower-case: `psci`; unique in a machine, named by rules and in traces
/// @param version of the service's behaviour: recorded, so that a replay can tell that it changed
/// @param claims the calls it answers, by range; of the functions in it, those it does not implement it answers
///     NOT_SUPPORTED itself
/// @param immediates the #imm of HVC under which it answers calls that are not SMCCC calls, 1 to 65535 each
/// @param functions the functions it knows, for traces and listings
/// @param settings the keys it takes under `services.NAME` in configuration
public record ServiceDescriptor(
        String name,
        String version,
        List<Claim> claims,
        List<Integer> immediates,
        List<Function> functions,
        List<Setting> settings) {

    public ServiceDescriptor {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException("a service's name is lower-case letters, digits and '-': " + name);
        }
        Objects.requireNonNull(version, "version");
        claims = List.copyOf(claims);
        immediates = List.copyOf(immediates);
        for (int immediate : immediates) {
            if (immediate < 1 || immediate > 0xffff) {
                throw new IllegalArgumentException("an #imm to claim is 1 to 65535, not " + immediate);
            }
        }
        functions = List.copyOf(functions);
        settings = List.copyOf(settings);
    }

    /// A service of SMCCC calls alone.
    public ServiceDescriptor(
            String name, String version, List<Claim> claims, List<Function> functions, List<Setting> settings) {
        this(name, version, claims, List.of(), functions, settings);
    }

    /// A range of function identifiers, for both conduits and #imm 0.
    ///
    /// @param first inclusive
    /// @param last inclusive; not below `first`, compared unsigned
    public record Claim(FunctionId first, FunctionId last) {
        public Claim {
            if (first.compareTo(last) > 0) {
                throw new IllegalArgumentException("empty range of function identifiers: " + first + " to " + last);
            }
        }

        /// One function alone.
        public static Claim of(FunctionId function) {
            return new Claim(function, function);
        }

        public boolean contains(FunctionId function) {
            return first.compareTo(function) <= 0 && function.compareTo(last) <= 0;
        }
    }

    /// A function as a trace shows it.
    ///
    /// @param id its identifier
    /// @param name the Arm documents' own name: `PSCI_CPU_ON`
    /// @param parameters names of x1, x2 ... in order
    /// @param results names for values of x0, where it has a closed set of them
    public record Function(FunctionId id, String name, List<String> parameters, List<ResultName> results) {
        public Function {
            parameters = List.copyOf(parameters);
            results = List.copyOf(results);
        }
    }

    /// A name for a value of x0, compared in the width of the call: `SUCCESS` for 0.
    public record ResultName(long value, String name) {}

    /// A configuration key of the service.
    ///
    /// @param key lower-case with dashes
    /// @param defaultValue what holds where configuration says nothing
    /// @param help one line: meaning, unit, range
    public record Setting(String key, String defaultValue, String help) {}
}

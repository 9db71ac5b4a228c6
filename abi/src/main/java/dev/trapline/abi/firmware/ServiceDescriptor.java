package dev.trapline.abi.firmware;

import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The description of a firmware service.
///
/// @param name short and lower-case: `psci`; unique in a machine, named by rules and in traces
/// @param version of the service's behaviour: recorded, so that a replay can tell that it changed
/// @param claims the calls it answers, by range; the service itself answers NOT_SUPPORTED for functions in the range
///     that it does not implement
/// @param immediates the #imm of HVC under which it answers calls that are not SMCCC calls, 1 to 65535 each
/// @param functions the functions it knows, for traces and listings
/// @param settings the keys it takes under `services.NAME` in configuration
/// @param registers how it shows among the pseudo firmware registers of KVM
public record ServiceDescriptor(
        String name,
        String version,
        List<Claim> claims,
        List<Integer> immediates,
        List<Function> functions,
        List<Setting> settings,
        List<KvmRegister> registers) {

    /// The most characters of a name or version, and of a longer text.
    private static final int SHORT = 100;

    private static final int LONG = 10_000;

    /// The most claims, functions and the like: all of them are looked at whenever a machine is made.
    private static final int MOST = 10_000;

    /// x1 to x17.
    private static final int MOST_PARAMETERS = 17;

    /// @throws IllegalArgumentException if a text is too long, or not plain; if there is too much of something; if
    ///     a function is described twice; or if a register shows a setting that the service does not have
    public ServiceDescriptor {
        plain("a service's name", name, SHORT);
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException("a service's name is lower-case letters, digits and '-': " + name);
        }
        plain("the version of the service", version, SHORT);
        claims = few("claims", claims);
        immediates = few("#imm", immediates);
        for (int immediate : immediates) {
            if (immediate < 1 || immediate > 0xffff) {
                throw new IllegalArgumentException("an #imm to claim is 1 to 65535, not " + immediate);
            }
        }
        functions = few("functions", functions);
        requireDifferent(functions);
        settings = few("settings", settings);
        registers = few("registers", registers);
        requireSettings(settings, registers);
    }

    private static void requireSettings(List<Setting> settings, List<KvmRegister> registers) {
        List<String> keys = settings.stream().map(Setting::key).toList();
        for (Setting setting : settings) {
            for (Idle idle : setting.idle()) {
                if (!keys.contains(idle.other())) {
                    throw new IllegalArgumentException("the setting '" + setting.key() + "' depends on '" + idle.other()
                            + "', which the service does not have");
                }
            }
        }
        for (KvmRegister register : registers) {
            if (register instanceof KvmRegister.Setting view) {
                if (!keys.contains(view.key())) {
                    throw new IllegalArgumentException("register " + view.register() + " shows the setting '"
                            + view.key() + "', which the service does not have");
                }
            }
        }
    }

    /// The texts of a service are shown and recorded, so they must be short, plain text.
    private static void plain(String what, String text, int most) {
        Objects.requireNonNull(text, what);
        if (text.length() > most) {
            throw new IllegalArgumentException(
                    what + " has " + text.length() + " characters, and at most " + most + " are taken");
        }
        if (text.codePoints().anyMatch(ServiceDescriptor::isNotPlain)) {
            throw new IllegalArgumentException(what + " has a control character, or half of one: " + text);
        }
    }

    private static boolean isNotPlain(int codePoint) {
        return Character.isISOControl(codePoint)
                || Character.getType(codePoint) == Character.SURROGATE
                || Character.getType(codePoint) == Character.FORMAT;
    }

    private static <T> List<T> few(String what, List<T> all) {
        if (all.size() > MOST) {
            throw new IllegalArgumentException(
                    "the service has " + all.size() + " " + what + ", and at most " + MOST + " are taken");
        }
        return List.copyOf(all);
    }

    private static void requireDifferent(List<Function> functions) {
        SortedSet<FunctionId> described = new TreeSet<>();
        for (Function function : functions) {
            if (!described.add(function.id())) {
                throw new IllegalArgumentException("the function " + function.id() + " is described twice");
            }
        }
    }

    /// The name of the toggle that sends a service's calls to its actor: `psci-to-user`. If it is off, they are
    /// answered in place.
    public static String toggleToUser(String service) {
        return service + "-to-user";
    }

    /// A service that is in none of KVM's registers.
    public ServiceDescriptor(
            String name,
            String version,
            List<Claim> claims,
            List<Integer> immediates,
            List<Function> functions,
            List<Setting> settings) {
        this(name, version, claims, immediates, functions, settings, List.of());
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
            plain("the name of function " + id, name, SHORT);
            parameters = few("names of parameters", parameters);
            if (parameters.size() > MOST_PARAMETERS) {
                throw new IllegalArgumentException("the function " + name + " has " + parameters.size()
                        + " parameters, and at most " + MOST_PARAMETERS + " are taken");
            }
            parameters.forEach(parameter -> plain("a parameter of " + name, parameter, SHORT));
            results = few("names of results", results);
        }
    }

    /// A name for a value of x0, compared in the width of the call: `SUCCESS` for 0.
    public record ResultName(long value, String name) {
        public ResultName {
            plain("the name of a result", name, SHORT);
        }
    }

    /// A configuration key of the service.
    ///
    /// @param key lower-case with dashes
    /// @param defaultValue the value if the configuration does not set the key
    /// @param help one line: meaning, unit, range
    /// @param idle when it has no effect because of other settings
    public record Setting(String key, String defaultValue, String help, List<Idle> idle) {
        public Setting {
            plain("the key of a setting", key, SHORT);
            plain("the default of " + key, defaultValue, LONG);
            plain("the help of " + key, help, LONG);
            idle = few("conditions of " + key, idle);
        }

        /// A setting that always has an effect.
        public Setting(String key, String defaultValue, String help) {
            this(key, defaultValue, help, List.of());
        }

        /// The same setting, which has no effect while another one has one of some values. A run in which the
        /// user set it says so.
        public Setting idleIf(String other, List<String> values, String because) {
            List<Idle> both = new ArrayList<>(idle);
            both.add(new Idle(other, values, because));
            return new Setting(key, defaultValue, help, both);
        }
    }

    /// A condition under which a setting has no effect.
    ///
    /// @param other the key of another setting of the service
    /// @param values the values of the other one; where it is a list with commas, one of its items
    /// @param because the reason, as shown after the value
    public record Idle(String other, List<String> values, String because) {
        public Idle {
            plain("the other key", other, SHORT);
            values = few("values", values);
            plain("the reason", because, SHORT);
        }

        /// Whether the setting has no effect.
        ///
        /// @param value of the other one
        public boolean isMet(String value) {
            return Stream.of(value.split(",", -1)).map(String::strip).anyMatch(values::contains);
        }
    }
}

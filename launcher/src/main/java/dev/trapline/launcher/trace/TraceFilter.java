package dev.trapline.launcher.trace;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.config.FunctionsText;
import dev.trapline.config.Nearest;
import dev.trapline.config.Quantities;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.machine.text.HypercallText;
import java.math.BigInteger;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which hypercalls a trace shows.
///
/// @param cpus indexes of vCPUs; empty for all
/// @param functions names or identifiers of functions, in upper case; empty for all
record TraceFilter(Set<Integer> cpus, Set<String> functions) {

    TraceFilter {
        cpus = Set.copyOf(cpus);
        functions = Set.copyOf(functions);
    }

    /// Makes a filter from the command line.
    ///
    /// @param services the services that know function names
    /// @throws CommandException if the machine has no such vCPU, or a function is neither an identifier nor the
    ///     name of a known function
    static TraceFilter of(
            List<Integer> cpus, List<String> functions, MachineSpec machine, List<ServiceDescriptor> services) {
        for (int cpu : cpus) {
            if (cpu < 0 || cpu >= machine.cpus().count()) {
                throw CommandException.usage("--cpu " + cpu + ": the recorded machine has "
                        + (machine.cpus().count() == 1
                                ? "one vCPU, 0"
                                : "vCPUs 0 to " + (machine.cpus().count() - 1)));
            }
        }
        TreeMap<String, String> names = new TreeMap<>();
        services.forEach(service -> service.functions()
                .forEach(function -> names.put(FunctionsText.bare(function.name()), function.name())));
        TreeSet<String> wanted = new TreeSet<>();
        functions.forEach(text -> wanted.add(wanted(text, names)));
        return new TraceFilter(new TreeSet<>(cpus), wanted);
    }

    /// @param names the names of functions, by their bare forms
    private static String wanted(String text, NavigableMap<String, String> names) {
        if (names.containsKey(FunctionsText.bare(text))) {
            return FunctionsText.bare(text);
        }
        BigInteger number = Quantities.number(text);
        if (number != null && number.signum() >= 0 && number.bitLength() <= Integer.SIZE) {
            return FunctionsText.bare(new FunctionId(number.intValue()).toString());
        }
        String nearest = Nearest.to(FunctionsText.bare(text), names.keySet());
        throw CommandException.usage("--function " + text
                + ": neither the name of a known function nor a 32-bit identifier (0xC4000003)"
                + (nearest.isEmpty()
                        ? "; 'trapline caps list' names them"
                        : "; did you mean " + names.get(nearest) + "?"));
    }

    /// For a filter that no call has passed: suggests known functions near to its unknown identifiers, as the end
    /// of a sentence. Empty if all are known.
    String nearestKnown(List<ServiceDescriptor> services) {
        TreeMap<String, String> known = new TreeMap<>();
        services.forEach(service -> service.functions()
                .forEach(function -> known.put(
                        FunctionsText.bare(function.id().toString()), function.id() + " (" + function.name() + ")")));
        StringBuilder text = new StringBuilder();
        for (String wanted : new TreeSet<>(functions)) {
            String nearest =
                    wanted.startsWith("0X") && !known.containsKey(wanted) ? Nearest.to(wanted, known.keySet()) : "";
            if (!nearest.isEmpty()) {
                text.append("; no service knows ")
                        .append(wanted.replace("0X", "0x"))
                        .append(": did you mean ")
                        .append(known.get(nearest))
                        .append('?');
            }
        }
        return text.toString();
    }

    /// Whether events without a call are shown: not if functions were requested.
    boolean shows(JournalRecord happening) {
        if (!functions.isEmpty()) {
            return false;
        }
        return cpus.isEmpty() || vcpusOf(happening).anyMatch(vcpu -> cpus.contains(vcpu.index()));
    }

    /// Whether a vCPU is shown.
    boolean shows(VcpuId vcpu) {
        return cpus.isEmpty() || cpus.contains(vcpu.index());
    }

    private static Stream<VcpuId> vcpusOf(JournalRecord happening) {
        return switch (happening) {
            case JournalRecord.Injected injected -> Stream.of(injected.what().vcpu());
            case JournalRecord.Reaction reaction ->
                reaction.effects().stream().flatMap(effect -> HypercallText.target(effect).stream());
            case JournalRecord _ -> Stream.empty();
        };
    }

    /// Whether a call is shown.
    ///
    /// @param name the name of its function
    boolean shows(VcpuId vcpu, HypercallExit exit, String name) {
        if (!shows(vcpu)) {
            return false;
        }
        // A function may be written as 0xC4000003, as 0xc400_0003, or by name, and with or without the SVE hint.
        FunctionId id = new SmcccCall(exit).functionId();
        String bare = name.contains("+") ? name.substring(0, name.indexOf('+')) : name;
        return functions.isEmpty()
                || functions.contains(FunctionsText.bare(id.toString()))
                || functions.contains(
                        FunctionsText.bare(new FunctionId(FunctionId.withoutSveHint(id.value())).toString()))
                || functions.contains(FunctionsText.bare(bare));
    }
}

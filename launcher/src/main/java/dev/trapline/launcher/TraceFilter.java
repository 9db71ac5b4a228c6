package dev.trapline.launcher;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.journal.record.JournalRecord;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Which hypercalls a trace shows.
///
/// @param cpus indexes of vCPUs; empty for all
/// @param functions names or identifiers of functions, in upper case; empty for all
record TraceFilter(Set<Integer> cpus, Set<String> functions) {

    TraceFilter {
        cpus = Set.copyOf(cpus);
        functions = Set.copyOf(functions);
    }

    /// A filter of what was written on the command line.
    static TraceFilter of(List<Integer> cpus, List<String> functions) {
        TreeSet<String> upper = new TreeSet<>();
        functions.forEach(f -> upper.add(f.toUpperCase(Locale.ROOT).replace("_", "")));
        return new TraceFilter(new TreeSet<>(cpus), upper);
    }

    /// Whether something that happened without a call is shown: not to somebody who asks for functions.
    boolean shows(JournalRecord happening) {
        if (!functions.isEmpty()) {
            return false;
        }
        return cpus.isEmpty() || TraceLines.vcpusOf(happening).anyMatch(vcpu -> cpus.contains(vcpu.index()));
    }

    /// Whether a call is shown.
    ///
    /// @param name of its function
    boolean shows(VcpuId vcpu, HypercallExit exit, String name) {
        if (!cpus.isEmpty() && !cpus.contains(vcpu.index())) {
            return false;
        }
        // Written as 0xC4000003, as 0xc400_0003, or by name; with the SVE hint or without it.
        FunctionId id = new SmcccCall(exit).functionId();
        String bare = name.contains("+") ? name.substring(0, name.indexOf('+')) : name;
        return functions.isEmpty()
                || functions.contains(id.toString().toUpperCase(Locale.ROOT))
                || functions.contains(new FunctionId(FunctionId.withoutSveHint(id.value()))
                        .toString()
                        .toUpperCase(Locale.ROOT))
                || functions.contains(bare.toUpperCase(Locale.ROOT).replace("_", ""));
    }
}
